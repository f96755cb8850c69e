#!/bin/bash
# PID 1 of a lab node: gives the node its own /etc, /var and /run, then keeps libvirtd alive and reaps every orphan.
#   node-init.sh NODE NODE_FOLDER STATE_FOLDER
# With a folder usr in NODE_FOLDER (a lab with failover) the node has its own /usr and /dev/shm as well, and starts what
# its "boot" script starts: Corosync and Pacemaker. The management station of such a lab is a node without libvirtd.
# kill -9 of this process is a power cut: the kernel ends every process of the node with it.
set -eu
node=$1 folder=$2 state=$3

mount -t proc proc /proc
hostname "$node"

# A connect over a dead network has to fail in seconds, not in the two minutes that Linux allows by default.
echo 2 > /proc/sys/net/ipv4/tcp_syn_retries
echo 5 > /proc/sys/net/ipv4/tcp_retries2

# What is installed in this node goes to its own layer; the machine's /usr stays as it is.
own_usr() {
    mount -t overlay -o "lowerdir=/usr,upperdir=$folder/usr/upper,workdir=$folder/usr/work" overlay /usr && return
    # Not every file system can be the upper layer of an overlay. Then the node has copies of the folders with agents.
    for place in sbin lib/ocf; do
        if [ ! -d "$folder/usr/copy/$place" ]; then
            mkdir -p "$folder/usr/copy/$place.new"
            cp -a "/usr/$place/." "$folder/usr/copy/$place.new"
            mv "$folder/usr/copy/$place.new" "$folder/usr/copy/$place"
        fi
        mount --bind "$folder/usr/copy/$place" "/usr/$place"
    done
}
if [ -d "$folder/usr" ]; then
    own_usr
    install -m 755 "$(dirname "$0")/fence_fcm_lab" /usr/sbin/
    mount -t tmpfs -o mode=1777 shm /dev/shm  # Corosync keeps its rings there under the same names on all nodes
fi

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

# A cluster that this node is a member of starts after libvirtd, which Pacemaker asks for its machines.
if [ -e "$folder/boot" ]; then
    (
        while [ -d /etc/libvirt ] && ! virsh --quiet --connect qemu:///system uri >/dev/null 2>&1; do sleep 0.2; done
        exec sh "$folder/boot"
    ) &
fi

while [ ! -d /etc/libvirt ]; do
    sleep infinity &
    wait $! || true
done
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
