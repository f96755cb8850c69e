"""Real libvirt/QEMU hosts; the only room that imports libvirt."""
