#!/bin/bash
# PID 1 of a lab node: gives the node its own /etc, /var and /run, then keeps libvirtd alive and reaps every orphan.
#   node-init.sh NODE NODE_FOLDER STATE_FOLDER
# kill -9 of this process is a power cut: the kernel ends every process of the node with it.
set -eu
node=$1 folder=$2 state=$3

mount -t proc proc /proc
hostname "$node"

# A connect over a dead network has to fail in seconds, not in the two minutes that Linux allows by default.
echo 2 > /proc/sys/net/ipv4/tcp_syn_retries
echo 5 > /proc/sys/net/ipv4/tcp_retries2

# The state folder has the same path on every node; it must stay visible below the node's own /run or /var.
for own in run var; do
    case $state in
        /$own/*)
            mkdir -p "$folder$state"
            mount --bind "$state" "$folder$state"
            ;;
    esac
done
for own in etc var run; do
    mount --rbind "$folder/$own" "/$own"
done

if [ -e "$state/ssh/sshd-$node" ]; then
    mkdir -p /run/sshd
    /usr/sbin/sshd -f "$state/ssh/sshd-$node" || echo "sshd did not start"
fi

while :; do
    if [ ! -e "$state/hold-libvirtd-$node" ]; then
        rm -f /run/libvirtd.pid
        # libvirt looks its default emulator up in PATH: that of the lab's machines, so that questions about the node's
        # processor are answered as for them.
        PATH="$state/emulator:$PATH" /usr/sbin/libvirtd --listen --pid-file /run/libvirtd.pid &
        wait $! || echo "libvirtd ended with code $?"
    fi
    sleep 0.2 &
    wait $! || true
done
