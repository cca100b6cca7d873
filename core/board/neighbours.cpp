#include "core/board/neighbours.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <sstream>
#include <thread>

#include "core/board/clean_text.h"

namespace quantwright {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds slice{50};
constexpr std::size_t most_neighbours = 256, most_lookups = 32, longest_name = 120;

/// Questions to the resolver can't be stopped, so each has a thread to itself that may outlive the wait.
struct Answers {
    explicit Answers(std::size_t count) : texts(count), missing(count) {}
    std::mutex mutex;
    std::condition_variable came;
    std::vector<std::string> texts;
    std::size_t missing;
};

Result<std::vector<std::string>> ask_all(std::vector<std::string> questions, std::chrono::milliseconds wait,
                                         const JobContext& job, std::string (*ask)(const std::string&)) {
    const std::size_t count = questions.size();
    questions.resize(std::min(count, most_lookups));
    const auto answers = std::make_shared<Answers>(questions.size());
    for (std::size_t i = 0; i < questions.size(); ++i)
        std::thread([answers, i, question = questions[i], ask] {
            std::string text = ask(question);
            const std::lock_guard lock(answers->mutex);
            answers->texts[i] = std::move(text);
            --answers->missing;
            answers->came.notify_all();
        }).detach();
    const auto deadline = Clock::now() + wait;
    std::unique_lock lock(answers->mutex);
    while (answers->missing > 0 && Clock::now() < deadline) {
        if (job.cancelled())
            return JobContext::cancelled_error();
        answers->came.wait_for(lock, slice);
    }
    std::vector<std::string> texts = answers->texts;
    texts.resize(count);
    return texts;
}

std::string address_of(const std::string& name) {
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0)
        return {};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    std::array<char, NI_MAXHOST> text{};
    const int code = ::getnameinfo(found->ai_addr, found->ai_addrlen, text.data(), text.size(), nullptr, 0,
                                   NI_NUMERICHOST);
    return code == 0 ? text.data() : std::string();
}

std::string name_of_address(const std::string& address) {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    std::array<char, NI_MAXHOST> text{};
    if (::inet_pton(AF_INET, address.c_str(), &place.sin_addr) != 1 ||
        ::getnameinfo(reinterpret_cast<const sockaddr*>(&place), sizeof place, text.data(), text.size(),
                      nullptr, 0, NI_NAMEREQD) != 0)
        return {};
    return clean_text(text.data(), longest_name);  // a name server can answer anything
}

}  // namespace

std::vector<std::string> neighbour_addresses(const std::filesystem::path& table) {
    std::vector<std::string> result;
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);  // the names of the columns
    while (result.size() < most_neighbours && std::getline(file, line)) {
        std::istringstream words(line);
        std::string address, kind, flags;
        in_addr parsed{};
        constexpr unsigned long complete = 2;  // ATF_COM of <net/if_arp.h>
        if (words >> address >> kind >> flags && ::inet_pton(AF_INET, address.c_str(), &parsed) == 1 &&
            (std::strtoul(flags.c_str(), nullptr, 16) & complete) != 0)
            result.push_back(address);
    }
    return result;
}

bool knows_local_names(const std::filesystem::path& nsswitch) {
    std::ifstream file(nsswitch);
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("hosts:"))
            return line.find("mdns") != std::string::npos || line.find("resolve") != std::string::npos;
    return false;
}

Result<std::vector<std::string>> addresses_of(const std::vector<std::string>& names,
                                              std::chrono::milliseconds wait, const JobContext& job) {
    return ask_all(names, wait, job, &address_of);
}

Result<std::vector<std::string>> names_of(const std::vector<std::string>& addresses,
                                          std::chrono::milliseconds wait, const JobContext& job) {
    return ask_all(addresses, wait, job, &name_of_address);
}

}  // namespace quantwright
