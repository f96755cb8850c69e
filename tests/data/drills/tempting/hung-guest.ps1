Disconnect-VMNetworkAdapter APP01
Connect-VMNetworkAdapter APP01 -SwitchName 'VM Network'
