/* A libnvidia-ml.so.1 without a GPU.
 *
 * Its answers are lines "key value" of the file that $FAKE_NVML names, read again whenever that file changes:
 *
 *     count 2                                  devices
 *     0.utilization 97                         what device 0 says; a key that is missing is "not supported"
 *     0.nvmlDeviceGetPowerUsage 999            the error code with which a function fails, for one device
 *     nvmlInitWithFlags 9                      or as a whole
 *     1.lost_after 10                          calls that device 1 answers, from the file's last change,
 *                                              before it falls off the bus
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SUCCESS = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, GPU_IS_LOST = 15 };
enum { MAX_LINES = 1024, MAX_DEVICES = 64 };

typedef unsigned long long u64;
typedef struct { int calls; } Device;
typedef struct { unsigned gpu, memory; } Utilization;
typedef struct { u64 total, free, used; } Memory;
typedef struct { unsigned version; u64 total, reserved, free, used; } MemoryV2;

static struct { char key[64], value[192]; } lines[MAX_LINES];
static int line_count;
static int initialised;
static Device devices[MAX_DEVICES];

static void read_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[256];
    line_count = 0;
    memset(devices, 0, sizeof devices);
    while (file && line_count < MAX_LINES && fgets(line, sizeof line, file)) {
        char *space = strchr(line, ' ');
        if (!space)
            continue;
        *space = 0;
        space[1 + strcspn(space + 1, "\n")] = 0;
        snprintf(lines[line_count].key, sizeof lines->key, "%.63s", line);
        snprintf(lines[line_count].value, sizeof lines->value, "%.191s", space + 1);
        line_count++;
    }
    if (file)
        fclose(file);
}

static void refresh(void)
{
    static struct stat last;
    struct stat now = {0};
    const char *path = getenv("FAKE_NVML");
    if (!path || stat(path, &now))
        path = "/dev/null";
    if (now.st_ino == last.st_ino && now.st_size == last.st_size && now.st_dev == last.st_dev
        && !memcmp(&now.st_mtim, &last.st_mtim, sizeof now.st_mtim))
        return;
    last = now;
    read_lines(path);
}

static const char *text(const char *key)
{
    for (int i = 0; i < line_count; i++)
        if (!strcmp(lines[i].key, key))
            return lines[i].value;
    return NULL;
}

static const char *device_text(const Device *device, const char *key)
{
    char full[96];
    snprintf(full, sizeof full, "%d.%s", (int)(device - devices), key);
    return text(full);
}

static int forced(const char *code) { return code ? atoi(code) : SUCCESS; }

/* What every function of the library says before it says anything else. */
static int ready(const char *function)
{
    refresh();
    return initialised ? forced(text(function)) : UNINITIALIZED;
}

static int device_ready(Device *device, const char *function)
{
    int code = ready(function);
    if (code)
        return code;
    const char *lost_after = device_text(device, "lost_after");
    if (lost_after && device->calls++ >= atoi(lost_after))
        return GPU_IS_LOST;
    return forced(device_text(device, function));
}

static int number(Device *device, const char *function, const char *key, u64 *value)
{
    int code = device_ready(device, function);
    const char *found = device_text(device, key);
    if (!code && found)
        *value = strtoull(found, NULL, 0);
    return code ? code : found ? SUCCESS : NOT_SUPPORTED;
}

static int small(Device *device, const char *function, const char *key, unsigned *value)
{
    u64 wide = 0;
    int code = number(device, function, key, &wide);
    if (!code)
        *value = (unsigned)wide;
    return code;
}

static int copy(Device *device, const char *function, const char *key, char *buffer, unsigned length)
{
    int code = device_ready(device, function);
    const char *found = device_text(device, key);
    if (!code && found)
        snprintf(buffer, length, "%s", found);
    return code ? code : found ? SUCCESS : NOT_SUPPORTED;
}

int nvmlInitWithFlags(unsigned flags)
{
    (void)flags;
    refresh();
    int code = forced(text(__func__));
    initialised += !code;
    return code;
}

int nvmlShutdown(void)
{
    int code = ready(__func__);
    initialised -= !code;
    return code;
}

const char *nvmlErrorString(int code)
{
    return code == SUCCESS ? "Success" : "an error of the fake NVML";
}

int nvmlSystemGetDriverVersion(char *version, unsigned length)
{
    int code = ready(__func__);
    if (!code)
        snprintf(version, length, "999.99");
    return code;
}

int nvmlDeviceGetCount_v2(unsigned *count)
{
    int code = ready(__func__);
    const char *found = text("count");
    *count = found ? (unsigned)atoi(found) : 0;
    return code;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, Device **device)
{
    int code = ready(__func__);
    if (code)
        return code;
    if (index >= MAX_DEVICES)
        return INVALID_ARGUMENT;
    *device = &devices[index];
    return forced(device_text(*device, __func__));
}

int nvmlDeviceGetName(Device *device, char *name, unsigned length)
{
    return copy(device, __func__, "name", name, length);
}

int nvmlDeviceGetUUID(Device *device, char *uuid, unsigned length)
{
    return copy(device, __func__, "uuid", uuid, length);
}

int nvmlDeviceGetUtilizationRates(Device *device, Utilization *rates)
{
    rates->memory = 0;
    return small(device, __func__, "utilization", &rates->gpu);
}

static int memory(Device *device, const char *function, u64 *total, u64 *used, u64 *reserved)
{
    int code = number(device, function, "memory_total", total);
    *used = *reserved = 0;
    if (!code && device_text(device, "memory_used"))
        *used = strtoull(device_text(device, "memory_used"), NULL, 0);
    if (!code && device_text(device, "memory_reserved"))
        *reserved = strtoull(device_text(device, "memory_reserved"), NULL, 0);
    return code;
}

int nvmlDeviceGetMemoryInfo(Device *device, Memory *info)
{
    u64 reserved;
    int code = memory(device, __func__, &info->total, &info->used, &reserved);
    info->used += reserved;
    info->free = info->total - info->used;
    return code;
}

int nvmlDeviceGetMemoryInfo_v2(Device *device, MemoryV2 *info)
{
    int code = memory(device, __func__, &info->total, &info->used, &info->reserved);
    info->free = info->total - info->used - info->reserved;
    return info->version == 0x02000028 ? code : INVALID_ARGUMENT;
}

int nvmlDeviceGetTemperature(Device *device, int sensor, unsigned *celsius)
{
    (void)sensor;
    return small(device, __func__, "temperature", celsius);
}

int nvmlDeviceGetTemperatureThreshold(Device *device, int threshold, unsigned *celsius)
{
    return small(device, __func__, threshold == 1 ? "slowdown" : "shutdown", celsius);
}

int nvmlDeviceGetPowerUsage(Device *device, unsigned *milliwatts)
{
    return small(device, __func__, "power", milliwatts);
}

int nvmlDeviceGetEnforcedPowerLimit(Device *device, unsigned *milliwatts)
{
    return small(device, __func__, "power_limit", milliwatts);
}

int nvmlDeviceGetTotalEnergyConsumption(Device *device, u64 *millijoules)
{
    return number(device, __func__, "energy", millijoules);
}

int nvmlDeviceGetFanSpeed(Device *device, unsigned *percent)
{
    return small(device, __func__, "fan", percent);
}

int nvmlDeviceGetClockInfo(Device *device, int domain, unsigned *megahertz)
{
    (void)domain;
    return small(device, __func__, "clock", megahertz);
}

int nvmlDeviceGetMaxClockInfo(Device *device, int domain, unsigned *megahertz)
{
    (void)domain;
    return small(device, __func__, "max_clock", megahertz);
}

int nvmlDeviceGetCurrentClocksThrottleReasons(Device *device, u64 *reasons)
{
    return number(device, __func__, "throttle_reasons", reasons);
}

int nvmlDeviceGetCurrentClocksEventReasons(Device *device, u64 *reasons)
{
    return number(device, __func__, "throttle_reasons", reasons);
}

int nvmlDeviceGetComputeRunningProcesses_v3(Device *device, unsigned *count, void *processes)
{
    (void)processes;
    *count = 0;
    return device_ready(device, __func__);
}
