#include "core/board/sftp_wire.h"

namespace quantwright::sftp {

namespace {

// Section 5: which attributes follow.
constexpr std::uint32_t with_size = 1, with_owner = 2, with_permissions = 4, with_times = 8,
                        with_extensions = 0x80000000U;

}  // namespace

Packer& Packer::u8(std::uint8_t value) {
    m_bytes += static_cast<char>(value);
    return *this;
}

Packer& Packer::u32(std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        m_bytes += static_cast<char>(value >> shift & 0xffU);
    return *this;
}

Packer& Packer::u64(std::uint64_t value) {
    return u32(static_cast<std::uint32_t>(value >> 32U)).u32(static_cast<std::uint32_t>(value));
}

Packer& Packer::text(std::string_view value) {
    u32(static_cast<std::uint32_t>(value.size()));
    m_bytes += value;
    return *this;
}

std::uint64_t Unpacker::number(std::size_t bytes) {
    if (m_bad || m_rest.size() < bytes) {
        m_bad = true;
        m_rest = {};
        return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
        value = value << 8U | static_cast<unsigned char>(m_rest[i]);
    m_rest.remove_prefix(bytes);
    return value;
}

std::uint8_t Unpacker::u8() {
    return static_cast<std::uint8_t>(number(1));
}

std::uint32_t Unpacker::u32() {
    return static_cast<std::uint32_t>(number(4));
}

std::uint64_t Unpacker::u64() {
    return number(8);
}

std::string_view Unpacker::text() {
    const std::uint32_t size = u32();
    if (m_bad || size > m_rest.size()) {
        m_bad = true;
        m_rest = {};
        return {};
    }
    const std::string_view result = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return result;
}

Attributes read_attributes(Unpacker& in) {
    Attributes result;
    const std::uint32_t flags = in.u32();
    if ((flags & with_size) != 0)
        result.size = in.u64();
    if ((flags & with_owner) != 0) {
        in.u32();
        in.u32();
    }
    if ((flags & with_permissions) != 0)
        result.permissions = in.u32();
    if ((flags & with_times) != 0) {
        in.u32();
        result.modified = in.u32();
    }
    if ((flags & with_extensions) != 0) {
        const std::uint32_t count = in.u32();
        for (std::uint32_t i = 0; i < count && !in.bad(); ++i) {
            in.text();
            in.text();
        }
    }
    return result;
}

void pack_permissions(Packer& out, std::uint32_t permissions) {
    out.u32(with_permissions).u32(permissions);
}

void pack_times(Packer& out, std::uint32_t seconds) {
    out.u32(with_times).u32(seconds).u32(seconds);
}

}  // namespace quantwright::sftp
