#include "core/board/config_hosts.h"

#include <glob.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <string_view>

#include "core/board/address.h"

namespace quantwright {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_file = 1 << 20, most_hosts = 200;
constexpr int deepest = 4, most_files = 32;

/// Keyword and arguments of a line (ssh_config(5)): blanks or one "=" between the first two, quotes around
/// arguments with blanks.
std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    constexpr std::string_view blanks = " \t\r";
    while (true) {
        const auto start = line.find_first_not_of(blanks);
        if (start == std::string_view::npos || (words.empty() && line[start] == '#'))
            return words;
        line.remove_prefix(start);
        const bool quoted = line.front() == '"';
        const auto end = quoted          ? line.find('"', 1)
                         : words.empty() ? line.find_first_of(" \t\r=")
                                         : line.find_first_of(blanks);
        const std::string_view word = line.substr(0, end);
        words.emplace_back(quoted ? word.substr(1) : word);
        if (end == std::string_view::npos)
            return words;
        line.remove_prefix(quoted ? end + 1 : end);
        if (words.size() == 1) {
            const auto equals = line.find_first_not_of(blanks);
            if (equals != std::string_view::npos && line[equals] == '=')
                line.remove_prefix(equals + 1);
        }
    }
}

class Reader {
public:
    explicit Reader(fs::path folder) : m_folder(std::move(folder)) {}

    void read(const fs::path& path, int depth) {
        std::error_code error;
        if (depth > deepest || ++m_files > most_files || !fs::is_regular_file(path, error) ||
            fs::file_size(path, error) > longest_file)
            return;
        std::ifstream file(path);
        std::size_t block = 0, block_end = 0;  // hosts that the lines are about
        for (std::string line; std::getline(file, line);) {
            std::vector<std::string> words = words_of(line);
            if (words.size() < 2)
                continue;
            std::string keyword = words.front();
            std::transform(keyword.begin(), keyword.end(), keyword.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            words.erase(words.begin());
            if (keyword == "include") {
                for (const std::string& pattern : words)
                    include(pattern, depth);
            } else if (keyword == "match") {
                block = block_end = 0;
            } else if (keyword == "host") {
                block = m_hosts.size();
                for (const std::string& alias : words)
                    add(alias);
                block_end = m_hosts.size();
            } else if (keyword == "hostname") {
                for (std::size_t i = block; i < block_end; ++i)
                    if (m_hosts[i].host_name.empty())
                        m_hosts[i].host_name = words.front();
            }
        }
    }

    std::vector<ConfigHost> take() { return std::move(m_hosts); }

private:
    void add(const std::string& alias) {
        if (m_hosts.size() >= most_hosts || alias.find_first_of("*?!") != std::string::npos)
            return;
        const auto address = parse_board_address(alias);
        const bool plain = address && address->host == alias;
        const bool known = std::any_of(m_hosts.begin(), m_hosts.end(),
                                       [&](const ConfigHost& host) { return host.alias == alias; });
        if (plain && !known)
            m_hosts.push_back({alias, {}});
    }

    void include(const std::string& pattern, int depth) {
        const bool absolute = pattern.front() == '/' || pattern.front() == '~';
        const std::string path = absolute ? pattern : (m_folder / pattern).string();
        glob_t found{};
        if (::glob(path.c_str(), GLOB_TILDE, nullptr, &found) == 0)
            for (std::size_t i = 0; i < found.gl_pathc; ++i)
                read(found.gl_pathv[i], depth + 1);
        ::globfree(&found);
    }

    fs::path m_folder;
    std::vector<ConfigHost> m_hosts;
    int m_files = 0;
};

}  // namespace

std::vector<ConfigHost> config_hosts(const fs::path& config) {
    Reader reader(config.parent_path());
    reader.read(config, 0);
    return reader.take();
}

}  // namespace quantwright
