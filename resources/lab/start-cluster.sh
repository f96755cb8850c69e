#!/bin/sh
# Starts Corosync, the client of the witness and Pacemaker where the node is a member of a cluster and they do not run.
[ -e /etc/corosync/fcm-enabled ] && [ -e /etc/corosync/corosync.conf ] || exit 0
mkdir -p /var/lib/corosync /var/log/corosync /var/log/pacemaker /run/crm /run/resource-agents /run/corosync-qdevice
for folder in cib pengine cores blackbox; do mkdir -p "/var/lib/pacemaker/$folder"; done
chown hacluster:haclient /run/crm /var/log/pacemaker /var/lib/pacemaker /var/lib/pacemaker/*
chmod 750 /var/lib/pacemaker /var/lib/pacemaker/*
chmod 770 /var/log/pacemaker

wait_for() {
    for _ in $(seq 200); do
        timeout 5 "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    echo "no answer: $*" >&2
    return 1
}

pidof corosync >/dev/null || setsid --fork corosync -f </dev/null >>/var/log/corosync/start.log 2>&1
wait_for corosync-cfgtool -s || exit 1
if grep -q '^ *device *{' /etc/corosync/corosync.conf; then
    pidof corosync-qdevice >/dev/null || setsid --fork corosync-qdevice -f </dev/null >>/var/log/corosync/qdevice.log 2>&1
fi
pidof pacemakerd >/dev/null || setsid --fork pacemakerd </dev/null >>/var/log/pacemaker/start.log 2>&1
wait_for cibadmin -Q
