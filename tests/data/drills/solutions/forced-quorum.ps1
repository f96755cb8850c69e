Start-ClusterNode node3 -FixQuorum
Start-Sleep 300
