#pragma once
// How SFTP version 3 packs its packets (draft-ietf-secsh-filexfer-02, sections 3 to 7).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quantwright::sftp {

enum Type : std::uint8_t {
    init = 1,
    version = 2,
    open = 3,
    close = 4,
    read = 5,
    write = 6,
    set_stat = 9,
    open_folder = 11,
    read_folder = 12,
    remove = 13,
    make_folder = 14,
    real_path = 16,
    stat = 17,
    rename = 18,
    status = 101,
    handle = 102,
    data = 103,
    name = 104,
    attributes = 105,
    extended = 200,
    extended_reply = 201
};

enum class Code : std::uint32_t { ok = 0, end = 1, no_such_file = 2, permission_denied = 3, failure = 4 };

enum Open : std::uint32_t { reading = 1, writing = 2, create = 8, truncate = 16 };

/// A packet being made; length and number are put in front at the end.
class Packer {
public:
    Packer& u8(std::uint8_t value);
    Packer& u32(std::uint32_t value);
    Packer& u64(std::uint64_t value);
    Packer& text(std::string_view value);
    [[nodiscard]] const std::string& bytes() const { return m_bytes; }

private:
    std::string m_bytes;
};

/// A packet being read. A length that leads out of it makes it bad(), and everything read since is empty.
class Unpacker {
public:
    explicit Unpacker(std::string_view bytes) : m_rest(bytes) {}
    std::uint8_t u8();
    std::uint32_t u32();
    std::uint64_t u64();
    std::string_view text();
    [[nodiscard]] bool bad() const { return m_bad; }
    [[nodiscard]] bool at_end() const { return m_rest.empty(); }

private:
    std::uint64_t number(std::size_t bytes);
    std::string_view m_rest;
    bool m_bad = false;
};

struct Attributes {
    std::uint64_t size = 0;
    std::uint32_t permissions = 0;
    std::int64_t modified = 0;
    [[nodiscard]] bool folder() const { return (permissions & 0170000U) == 0040000U; }
};

Attributes read_attributes(Unpacker& in);
void pack_permissions(Packer& out, std::uint32_t permissions);
void pack_times(Packer& out, std::uint32_t seconds);

}  // namespace quantwright::sftp
