#pragma once
// Which machines might be the board: what this computer knows by itself, and, if asked for, who answers on
// its own networks. Nobody is logged in to.
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/job.h"

namespace quantwright {

struct FoundBoard {
    /// In the order in which they are listed.
    enum class How {
        config,     ///< a host of ~/.ssh/config; it was not asked whether it is there
        neighbour,  ///< this computer has spoken with it lately
        name,       ///< a name that boards go by
        scan
    };
    How how = How::config;
    std::string address;  ///< to connect to: alias, name or IP address, with the port unless that is 22
    std::string name;     ///< by which the network knows it; empty: by none
    std::string banner;   ///< its SSH server's first line, fit to be shown; empty: not asked
};

/// Neighbouring IPv4 addresses: at most the 256 that share the first three numbers with `address`.
struct AddressRange {
    std::string address;
    int prefix = 24;   ///< of more addresses than that only those around `address`
    bool skip = true;  ///< `address` is this computer's own and not asked
};

struct FindOptions {
    std::filesystem::path config;                       ///< empty: ~/.ssh/config
    std::filesystem::path neighbours{"/proc/net/arp"};  ///< the kernel's table
    std::vector<std::string> names = board_names();     ///< that are looked up
    std::vector<AddressRange> networks;                 ///< to be scanned; none: no scan
    int port = 22;
    std::chrono::milliseconds connect_wait{400}, banner_wait{1500}, name_wait{1500};

    /// Names of mDNS that boards go by; none where this computer does not look those up.
    static std::vector<std::string> board_names();
};

/// The networks that this computer is on, tunnels and itself left out; at most four.
[[nodiscard]] std::vector<AddressRange> own_networks();

/// Those of the configuration, then those that greet as SSH servers. Reports how many addresses have been
/// asked as Stage::board_check. Errors: cancelled.
Result<std::vector<FoundBoard>> find_boards(const FindOptions& options, const JobContext& job = {});

}  // namespace quantwright
