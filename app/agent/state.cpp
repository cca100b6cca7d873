#include "state.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>

#include "small_file.h"

namespace quantwright::agent {

namespace {

std::string core_file(int core, const char* name) {
    std::string path = "/sys/devices/system/cpu/cpu";
    path += std::to_string(core);
    path += "/cpufreq/";
    return path += name;
}

std::optional<double> highest_mhz(const std::vector<int>& cores, const char* file) {
    std::optional<double> highest;
    for (const int core : cores)
        if (const auto khz = read_number(core_file(core, file)))
            highest = std::max(highest.value_or(0), *khz / 1000);
    return highest;
}

/// Zones have no fixed numbers; those of the processor are known by their types.
std::optional<double> temperature() {
    std::optional<double> processor, any;
    for (int zone = 0; zone < 256; ++zone) {
        const std::string folder = "/sys/class/thermal/thermal_zone" + std::to_string(zone);
        const auto type = read_line(folder + "/type");
        if (!type)
            break;
        const auto milli = read_number(folder + "/temp");
        if (!milli)
            continue;
        const double degrees = *milli / 1000;
        any = std::max(any.value_or(degrees), degrees);
        for (const char* name : {"cluster", "cpu", "soc", "pkg", "core"})
            if (type->find(name) != std::string::npos)
                processor = std::max(processor.value_or(degrees), degrees);
    }
    return processor ? processor : any;
}

/// Seconds that all processors were busy: user, nice, system, irq, softirq and steal of /proc/stat's first
/// line.
std::optional<double> busy_seconds() {
    const auto line = read_line("/proc/stat");
    std::array<double, 8> ticks{};
    std::string name;
    std::istringstream words(line.value_or(""));
    words >> name;
    for (double& count : ticks)
        if (!(words >> count))
            return std::nullopt;
    return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7]) /
           static_cast<double>(sysconf(_SC_CLK_TCK));
}

/// Of all threads of this process. /proc/self/stat would do, but qemu gives zeros there.
double own_seconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace

State read_state(const std::vector<int>& cores) {
    State state;
    for (const int core : cores) {
        const auto governor = read_line(core_file(core, "scaling_governor"));
        if (governor && (state.governor.empty() || *governor != "performance"))
            state.governor = *governor;
    }
    state.mhz = highest_mhz(cores, "scaling_cur_freq");
    state.mhz_max = highest_mhz(cores, "cpuinfo_max_freq");
    if (!state.mhz_max)
        state.mhz_max = highest_mhz(cores, "scaling_max_freq");
    state.temperature_c = temperature();
    state.load = read_number("/proc/loadavg");
    return state;
}

BusyOthers::BusyOthers()
    : m_all(busy_seconds()), m_own(own_seconds()), m_start(std::chrono::steady_clock::now()) {}

std::optional<double> BusyOthers::processors() const {
    const auto all = busy_seconds();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    if (!m_all || !all || seconds < 0.1)  // the kernel counts in steps of 10 ms
        return std::nullopt;
    return std::max(0.0, (*all - *m_all) - (own_seconds() - m_own)) / seconds;
}

}  // namespace quantwright::agent
