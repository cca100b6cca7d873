#include "core/board/saved_boards.h"

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/json.h"
#include "core/board/address.h"
#include "core/board/clean_text.h"

namespace quantwright {

namespace fs = std::filesystem;

namespace {

/// "~/" as a shell takes it: people write it so.
std::filesystem::path from_home(const std::string& path) {
    const char* home = std::getenv("HOME");
    if (home == nullptr || !path.starts_with("~/"))
        return path;
    return std::filesystem::path(home) / path.substr(2);
}

constexpr int k_version = 1;
constexpr std::size_t k_longest_name = 80, k_most_bytes = 4 * k_longest_name;  // of UTF-8
constexpr int k_most_threads = 1024;

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(
        utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

/// What a list may not hold: names that nobody can tell apart, addresses that are none.
Status check(const std::vector<SavedBoard>& boards) {
    for (auto board = boards.begin(); board != boards.end(); ++board) {
        const bool taken = std::any_of(boards.begin(), board,
                                       [&](const SavedBoard& other) { return other.name == board->name; });
        if (taken || !is_board_name(board->name))
            return fail(ErrorCode::board_name, clean_text(board->name));
        if (const auto address = parse_board_address(board->address); !address)
            return fail(address);
        if (board->threads < 0 || board->threads > k_most_threads)
            return fail(ErrorCode::board_list, board->name, "threads");
    }
    return {};
}

Json to_json(const std::vector<SavedBoard>& boards) {
    Json list = Json::array();
    for (const SavedBoard& board : boards)
        list.push_back({{"name", board.name},
                        {"address", board.address},
                        {"identity", board.identity.string()},
                        {"runtime", board.runtime},
                        {"threads", board.threads}});
    return {{"quantwright_boards", k_version}, {"boards", std::move(list)}};
}

Result<std::vector<SavedBoard>> from_json(const Json& json, const std::string& subject) {
    constexpr auto code = ErrorCode::board_list;
    if (const auto known = only_keys(json, {"quantwright_boards", "boards"}, code, subject, "file"); !known)
        return fail(known);
    try {
        if (json.at("quantwright_boards").get<int>() != k_version)
            return fail(code, subject, "unknown version");
        std::vector<SavedBoard> boards;
        for (const Json& entry : json.at("boards")) {
            const std::string where = "boards[" + std::to_string(boards.size()) + "]";
            if (const auto known = only_keys(entry, {"name", "address", "identity", "runtime", "threads"},
                                             code, subject, where);
                !known)
                return fail(known);
            boards.push_back({entry.at("name").get<std::string>(), entry.at("address").get<std::string>(),
                              from_home(entry.value("identity", std::string())),
                              entry.value("runtime", std::string()), entry.value("threads", 0)});
        }
        if (const auto checked = check(boards); !checked)
            return fail(code, subject,
                        std::string(name_of(checked.error().code)) + ": " + checked.error().subject);
        return boards;
    } catch (const std::exception& e) {
        return fail(code, subject, e.what());
    }
}

}  // namespace

Result<std::vector<SavedBoard>> load_boards(const fs::path& file) {
    std::error_code error;
    const bool there = fs::exists(file, error);
    if (!there && !error)
        return std::vector<SavedBoard>();
    if (!there)
        return fail(ErrorCode::board_list, file.string(), error.message());
    const auto text = read_file(file, ErrorCode::board_list);
    if (!text)
        return fail(text);
    const auto json = parse_json(*text, ErrorCode::board_list, file.string());
    if (!json)
        return fail(json);
    return from_json(*json, file.string());
}

Status save_boards(const fs::path& file, const std::vector<SavedBoard>& boards) {
    if (auto checked = check(boards); !checked)
        return checked;
    if (const auto old = load_boards(file); !old)
        return fail(old);
    const std::string text = to_text(to_json(boards));
    // JSON holds UTF-8 alone: a path in another encoding would come back as another path.
    const auto json = parse_json(text, ErrorCode::board_list, file.string());
    if (!json)
        return fail(json);
    if (const auto back = from_json(*json, file.string()); !back || *back != boards)
        return fail(ErrorCode::board_list, file.string(), "not UTF-8");
    std::error_code error;
    if (file.has_parent_path())
        fs::create_directories(file.parent_path(), error);
    if (error)
        return fail(ErrorCode::output_unwritable, file.parent_path().string(), error.message());
    return write_file(file, text);
}

const SavedBoard* find_board(const std::vector<SavedBoard>& boards, std::string_view name) {
    const auto found = std::find_if(boards.begin(), boards.end(),
                                    [&](const SavedBoard& board) { return board.name == name; });
    return found == boards.end() ? nullptr : &*found;
}

bool is_board_name(std::string_view name) {
    return !name.empty() && characters(name) <= k_longest_name && clean_text(name, k_most_bytes) == name;
}

std::string free_board_name(const std::vector<SavedBoard>& boards, const std::string& wanted) {
    std::string name = wanted;
    for (int number = 2; find_board(boards, name); ++number)
        name = wanted + " " + std::to_string(number);
    return name;
}

}  // namespace quantwright
