#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace quantwright::agent {

/// What the machine is. What it does not tell is empty.
struct Facts {
    std::string arch, kernel, system, machine;
    int cores = 0;
    std::optional<std::uint64_t> memory_bytes, memory_free_bytes, disk_free_bytes;
    bool is_k1 = false;
    bool emulated = false;
};

[[nodiscard]] Facts read_facts();

}  // namespace quantwright::agent
