/*
 * The guest of the lab: one static program, PID 1 of a Linux kernel, with memory that changes at a set rate.
 *
 * Kernel command line:
 *   lab.name=NAME  lab.ip=ADDRESS/PREFIX
 *   lab.fill=MIB   memory filled with random bytes, so that no page is zero or compresses
 *   lab.dirty=MIB_PER_SECOND  lab.wset=MIB   how much is rewritten, and in what working set
 *
 * TCP port 7000, one line a request:
 *   tick MS           pushes "T <number> <guest clock in ms>" every MS milliseconds
 *   dirty RATE WSET   sets the rate and the working set from now on
 *   stat              one line of figures
 *   poweroff          switches the machine off
 *   anything else is echoed
 *
 * Once a second it writes a heartbeat to the console and a numbered record to the disk.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define PAGES_PER_MIB 256
#define PORT 7000

static char name[64] = "vm", address[64] = "";
static volatile long rate_mib, working_set_mib;
static volatile uint64_t pages_written;
static char *memory;
static long memory_mib;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void load_module(const char *module)
{
    char path[128];
    snprintf(path, sizeof path, "/m/%s.ko", module);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return; /* built into this kernel */
    if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)
        printf("module %s: %s\n", module, strerror(errno));
    close(fd);
}

/* xorshift: quick, and no page looks like another */
static void fill_with_random_bytes(uint64_t *word, size_t words, uint64_t seed)
{
    for (size_t i = 0; i < words; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        word[i] = seed;
    }
}

static void *keep_memory_dirty(void *unused)
{
    uint64_t position = 0, generation = 1;
    double last = now(), owed = 0;
    (void)unused;
    for (;;) {
        long rate = rate_mib, set = working_set_mib < memory_mib ? working_set_mib : memory_mib;
        if (rate <= 0 || set <= 0) {
            usleep(20000);
            last = now();
            owed = 0;
            continue;
        }
        double t = now(), most = rate * (double)PAGES_PER_MIB / 4;
        owed += (t - last) * rate * PAGES_PER_MIB;
        last = t;
        if (owed > most)
            owed = most; /* after a blackout at most a quarter of a second is caught up */
        long pages = (long)owed;
        owed -= pages;
        for (long i = 0; i < pages; i++, position++) {
            volatile uint64_t *page = (uint64_t *)(memory + position % ((uint64_t)set * PAGES_PER_MIB) * PAGE);
            page[0] = ++generation;
            page[256] = generation * 0x9E3779B97F4A7C15ull;
        }
        pages_written += pages;
        usleep(2000);
    }
    return NULL;
}

static void switch_off(void)
{
    sync();
    reboot(RB_POWER_OFF);
}

static int answer(int fd, char *line, int length, int *tick_ms, double *next)
{
    int ms;
    long rate, set;
    if (sscanf(line, "tick %d", &ms) == 1) {
        *tick_ms = ms;
        *next = now();
        return 0;
    }
    if (sscanf(line, "dirty %ld %ld", &rate, &set) == 2) {
        working_set_mib = set;
        rate_mib = rate;
        return dprintf(fd, "ok dirty %ld %ld\n", rate, set) < 0 ? -1 : 0;
    }
    if (!strncmp(line, "stat", 4))
        return dprintf(fd, "name=%s uptime=%.3f rate=%ld wset=%ld dirtied_pages=%llu memcap=%ld\n", name, now(), rate_mib,
                       working_set_mib, (unsigned long long)pages_written, memory_mib) < 0 ? -1 : 0;
    if (!strncmp(line, "poweroff", 8))
        switch_off();
    return write(fd, line, length) < 0 ? -1 : 0;
}

static void *serve(void *argument)
{
    int fd = (int)(long)argument, tick_ms = 0, one = 1;
    uint64_t number = 0;
    double next = 0;
    char line[512];
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    for (;;) {
        struct pollfd waiting = {fd, POLLIN, 0};
        int timeout = -1;
        if (tick_ms) {
            double left = (next - now()) * 1000;
            timeout = left < 0 ? 0 : (int)left;
        }
        if (poll(&waiting, 1, timeout) > 0) {
            int length = read(fd, line, sizeof line - 1);
            if (length <= 0)
                break;
            line[length] = 0;
            if (answer(fd, line, length, &tick_ms, &next))
                break;
        }
        if (tick_ms && now() >= next) {
            if (dprintf(fd, "T %llu %.3f\n", (unsigned long long)++number, now() * 1000) < 0)
                break;
            next += tick_ms / 1000.0;
            if (next < now())
                next = now();
        }
    }
    close(fd);
    return NULL;
}

static void *beat(void *unused)
{
    int disk = open("/dev/vda", O_RDWR | O_SYNC);
    char *record = aligned_alloc(PAGE, PAGE);
    uint64_t number = 0;
    (void)unused;
    for (;;) {
        printf("HB %s up=%.1f dirtied=%llu\n", name, now(), (unsigned long long)pages_written);
        fflush(stdout);
        if (disk >= 0) {
            memset(record, 0, PAGE);
            snprintf(record, PAGE, "%s %llu\n", name, (unsigned long long)++number);
            if (pwrite(disk, record, PAGE, PAGE) < 0)
                printf("disk: %s\n", strerror(errno));
        }
        sleep(1);
    }
    return NULL;
}

static void bring_network_up(void)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0), prefix = 24;
    struct ifreq request;
    struct sockaddr_in *in = (void *)&request.ifr_addr;
    memset(&request, 0, sizeof request);
    strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    ioctl(s, SIOCSIFFLAGS, &request);
    if (*address) {
        char *slash = strchr(address, '/');
        if (slash) {
            prefix = atoi(slash + 1);
            *slash = 0;
        }
        memset(&request, 0, sizeof request);
        strcpy(request.ifr_name, "eth0");
        in->sin_family = AF_INET;
        inet_pton(AF_INET, address, &in->sin_addr);
        if (ioctl(s, SIOCSIFADDR, &request))
            printf("address: %s\n", strerror(errno));
        in->sin_addr.s_addr = htonl(~0u << (32 - prefix));
        ioctl(s, SIOCSIFNETMASK, &request);
        request.ifr_flags = IFF_UP | IFF_RUNNING;
        ioctl(s, SIOCSIFFLAGS, &request);
    }
    close(s);
}

static long read_command_line(void)
{
    static char text[4096];
    long fill = 0, value;
    int fd = open("/proc/cmdline", O_RDONLY), length = read(fd, text, sizeof text - 1);
    text[length > 0 ? length : 0] = 0;
    close(fd);
    for (char *word = strtok(text, " \n"); word; word = strtok(NULL, " \n")) {
        sscanf(word, "lab.ip=%63s", address);
        sscanf(word, "lab.name=%63s", name);
        if (sscanf(word, "lab.dirty=%ld", &value) == 1)
            rate_mib = value;
        if (sscanf(word, "lab.wset=%ld", &value) == 1)
            working_set_mib = value;
        if (sscanf(word, "lab.fill=%ld", &value) == 1)
            fill = value;
    }
    return fill;
}

int main(void)
{
    /* virtio_ring before virtio: Debian's kernel has the symbols the other way round from the names */
    static const char *const modules[] = {"virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev",
                                          "virtio_pci", "failover", "net_failover", "virtio_net", "virtio_blk"};
    pthread_t thread;
    int one = 1;
    mkdir("/proc", 0755);
    mkdir("/sys", 0755);
    mkdir("/dev", 0755);
    mount("proc", "/proc", "proc", 0, 0);
    mount("sys", "/sys", "sysfs", 0, 0);
    mount("dev", "/dev", "devtmpfs", 0, 0);
    int console = open("/dev/console", O_RDWR);
    if (console >= 0)
        for (int fd = 0; fd < 3; fd++)
            dup2(console, fd);
    long fill = read_command_line();
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        load_module(modules[i]);
    bring_network_up();
    memory_mib = fill > working_set_mib ? fill : working_set_mib;
    if (memory_mib < 16)
        memory_mib = 16;
    memory = mmap(0, memory_mib << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fill > 0)
        fill_with_random_bytes((uint64_t *)memory, (size_t)fill << 17, 88172645463325252ull + (uint64_t)(now() * 1e6));
    if (!working_set_mib)
        working_set_mib = memory_mib;
    pthread_create(&thread, NULL, keep_memory_dirty, NULL);
    pthread_create(&thread, NULL, beat, NULL);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    bind(listener, (void *)&here, sizeof here);
    listen(listener, 16);
    printf("READY %s ip=%s up=%.3f\n", name, address, now());
    fflush(stdout);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0) {
            usleep(10000);
            continue;
        }
        pthread_create(&thread, NULL, serve, (void *)(long)fd);
        pthread_detach(thread);
    }
}
