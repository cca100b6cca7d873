#include "facts.h"

#include <sys/statvfs.h>
#include <sys/utsname.h>

#include <filesystem>

#include "affinity.h"
#include "small_file.h"

namespace quantwright::agent {

namespace {

/// PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
std::string system_name() {
    const std::string text = "\n" + read_small_file("/etc/os-release").value_or("");
    const std::string key = "\nPRETTY_NAME=";
    const std::size_t found = text.find(key);
    if (found == std::string::npos)
        return {};
    const std::size_t begin = found + key.size();
    std::string name = text.substr(begin, text.find('\n', begin) - begin);
    std::erase(name, '"');
    return name;
}

std::string device_tree(const char* property) {
    std::string path = "/sys/firmware/devicetree/base/";
    path += property;
    return read_small_file(path).value_or("");
}

/// A program that qemu runs is told that it is /proc/self/exe itself; of its thread the kernel tells the
/// truth, the emulator. A whole emulated machine names itself in the device tree.
bool under_qemu(const std::string& arch, const std::string& machine, const std::string& cpus) {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto thread = std::filesystem::read_symlink("/proc/thread-self/exe", error);
    if (!error && self != thread)
        return true;
    const bool other_cpu =
        (arch == "riscv64" || arch == "aarch64") && value_after(cpus, "vendor_id").has_value();
    return other_cpu || machine.find("qemu") != std::string::npos;
}

/// SpacemiT's number as a vendor and its X60 core; boards with the K1 name the core differently.
bool has_k1(const std::string& cpus) {
    return value_after(cpus, "mvendorid") == "0x710" && value_after(cpus, "marchid") == "0x8000000058000001";
}

}  // namespace

Facts read_facts() {
    Facts facts;
    utsname system{};
    uname(&system);
    facts.arch = system.machine;
    facts.kernel = system.release;
    facts.system = system_name();
    facts.cores = static_cast<int>(allowed_cores().size());
    const std::string memory = read_small_file("/proc/meminfo").value_or("");
    facts.memory_bytes = bytes_after(memory, "MemTotal");
    facts.memory_free_bytes = bytes_after(memory, "MemAvailable");
    struct statvfs disk {};
    if (statvfs(".", &disk) == 0)
        facts.disk_free_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    facts.machine = device_tree("model");
    facts.machine = facts.machine.substr(0, facts.machine.find('\0'));
    if (facts.machine.empty())
        facts.machine = read_line("/sys/class/dmi/id/product_name").value_or("");
    const std::string cpus = read_small_file("/proc/cpuinfo").value_or("");
    facts.is_k1 = has_k1(cpus) || device_tree("compatible").find("spacemit,k1") != std::string::npos;
    facts.emulated = under_qemu(facts.arch, facts.machine, cpus);
    return facts;
}

}  // namespace quantwright::agent
