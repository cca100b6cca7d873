#pragma once
// What this computer knows of the network it is on. Private to core/board.
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/job.h"

namespace quantwright {

/// IPv4 addresses of a table like /proc/net/arp, without those that nobody answered for.
[[nodiscard]] std::vector<std::string> neighbour_addresses(const std::filesystem::path& table);

/// Whether this computer's resolver asks by mDNS for names that end with ".local".
[[nodiscard]] bool knows_local_names(const std::filesystem::path& nsswitch = "/etc/nsswitch.conf");

/// The first IPv4 address of each name, in the same order; empty where there was none in time.
Result<std::vector<std::string>> addresses_of(const std::vector<std::string>& names,
                                              std::chrono::milliseconds wait, const JobContext& job);

/// The name of each IPv4 address; empty where there was none in time.
Result<std::vector<std::string>> names_of(const std::vector<std::string>& addresses,
                                          std::chrono::milliseconds wait, const JobContext& job);

}  // namespace quantwright
