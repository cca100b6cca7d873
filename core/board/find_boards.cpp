#include "core/board/find_boards.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "core/board/clean_text.h"
#include "core/board/config_hosts.h"
#include "core/board/neighbours.h"
#include "core/board/ssh_greetings.h"

namespace quantwright {

namespace {

constexpr std::size_t most_networks = 4;
constexpr int least_prefix = 24, ssh_port = 22;

std::uint32_t number_of(const sockaddr& address) {
    return ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr);
}

std::string text_of(std::uint32_t number) {
    in_addr address{htonl(number)};
    std::array<char, INET_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET, &address, text.data(), text.size());
    return text.data();
}

std::vector<std::string> addresses_in(const AddressRange& range) {
    in_addr parsed{};
    if (::inet_pton(AF_INET, range.address.c_str(), &parsed) != 1)
        return {};
    const std::uint32_t own = ntohl(parsed.s_addr);
    const int prefix = std::clamp(range.prefix, least_prefix, 32);
    const std::uint32_t others = prefix == 32 ? 0 : ~std::uint32_t(0) >> static_cast<unsigned>(prefix);
    std::uint32_t first = own & ~others, last = own | others;
    if (prefix < 31) {  // the network's own address and the one for all
        ++first;
        --last;
    }
    std::vector<std::string> result;
    for (std::uint64_t number = first; number <= last; ++number)
        if (!range.skip || number != own)
            result.push_back(text_of(static_cast<std::uint32_t>(number)));
    return result;
}

class Finder {
public:
    Finder(const FindOptions& options, const JobContext& job) : m_options(options), m_job(job) {}

    Result<std::vector<FoundBoard>> run() {
        if (m_job.cancelled())
            return JobContext::cancelled_error();
        m_job.report(Stage::board_check, 0, 0);
        std::filesystem::path config = m_options.config;
        const char* home = std::getenv("HOME");
        if (config.empty() && home != nullptr)
            config = std::filesystem::path(home) / ".ssh" / "config";
        for (const ConfigHost& host : config_hosts(config))
            m_found.push_back(
                {FoundBoard::How::config, clean_text(host.alias), clean_text(host.host_name), {}});
        for (const std::string& address : neighbour_addresses(m_options.neighbours))
            ask_later(FoundBoard::How::neighbour, address, {});
        const auto named = addresses_of(m_options.names, m_options.name_wait, m_job);
        if (!named)
            return fail(named);
        for (std::size_t i = 0; i < named->size(); ++i)
            if (!(*named)[i].empty())
                ask_later(FoundBoard::How::name, (*named)[i], m_options.names[i]);
        for (const AddressRange& range : m_options.networks)
            for (const std::string& address : addresses_in(range))
                ask_later(FoundBoard::How::scan, address, {});
        if (const Status asked = ask(); !asked)
            return fail(asked);
        if (const Status named_all = name_them(); !named_all)
            return fail(named_all);
        return std::move(m_found);
    }

private:
    /// An address that is known by several ways is listed as by the first.
    void ask_later(FoundBoard::How how, const std::string& address, const std::string& name) {
        const auto known = std::find(m_addresses.begin(), m_addresses.end(), address);
        if (known != m_addresses.end()) {
            FoundBoard& board = m_asked[static_cast<std::size_t>(known - m_addresses.begin())];
            if (board.name.empty())
                board.name = name;
            return;
        }
        m_addresses.push_back(address);
        m_asked.push_back({how, address, name, {}});
    }

    Status ask() {
        const auto total = static_cast<std::int64_t>(m_addresses.size());
        const auto greetings = ssh_greetings(
            m_addresses, {m_options.port, m_options.connect_wait, m_options.banner_wait},
            [&](std::size_t done) {
                m_job.report(Stage::board_check, static_cast<std::int64_t>(done), total);
            },
            m_job);
        if (!greetings)
            return fail(greetings);
        for (std::size_t i = 0; i < m_asked.size(); ++i) {
            FoundBoard& board = m_asked[i];
            board.banner = (*greetings)[i];
            if (board.banner.empty())
                continue;
            // A name stays when the address changes.
            if (board.how == FoundBoard::How::name)
                board.address = board.name;
            if (m_options.port != ssh_port)
                board.address += ":" + std::to_string(m_options.port);
            m_found.push_back(board);
        }
        return {};
    }

    Status name_them() {
        std::vector<std::string> nameless;
        for (const FoundBoard& board : m_found)
            if (!board.banner.empty() && board.name.empty())
                nameless.push_back(board.address.substr(0, board.address.find(':')));
        const auto names = names_of(nameless, m_options.name_wait, m_job);
        if (!names)
            return fail(names);
        std::size_t next = 0;
        for (FoundBoard& board : m_found)
            if (!board.banner.empty() && board.name.empty())
                board.name = (*names)[next++];
        return {};
    }

    const FindOptions& m_options;
    const JobContext& m_job;
    std::vector<FoundBoard> m_found, m_asked;
    std::vector<std::string> m_addresses;
};

}  // namespace

std::vector<std::string> FindOptions::board_names() {
    if (!knows_local_names())
        return {};
    return {"bianbu.local", "spacemit.local",      "k1.local",      "muse-pi.local",
            "bpi-f3.local", "milkv-jupiter.local", "jupiter.local", "k1-board.local"};
}

std::vector<AddressRange> own_networks() {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0)
        return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(first, &::freeifaddrs);
    std::vector<AddressRange> result;
    for (const ifaddrs* at = first; at != nullptr && result.size() < most_networks; at = at->ifa_next) {
        const bool wanted = (at->ifa_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING) &&
                            (at->ifa_flags & (IFF_LOOPBACK | IFF_POINTOPOINT)) == 0;
        if (!wanted || at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_INET ||
            at->ifa_netmask == nullptr)
            continue;
        const int prefix = std::popcount(number_of(*at->ifa_netmask));
        result.push_back({text_of(number_of(*at->ifa_addr)), prefix, true});
    }
    return result;
}

Result<std::vector<FoundBoard>> find_boards(const FindOptions& options, const JobContext& job) {
    return Finder(options, job).run();
}

}  // namespace quantwright
