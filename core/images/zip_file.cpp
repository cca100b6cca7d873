// PKWARE's APPNOTE.TXT 6.3: 4.3.7 local header, 4.3.12 central directory, 4.3.14 to 4.3.16 its end, 4.5.3
// zip64.
#include "core/images/zip_file.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace quantwright {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint32_t local_signature = 0x04034b50, directory_signature = 0x02014b50,
                        end_signature = 0x06054b50, end64_signature = 0x06064b50,
                        locator_signature = 0x07064b50;
constexpr std::size_t local_size = 30, directory_size = 46, end_size = 22, locator_size = 20, end64_size = 56;
constexpr std::uint32_t in_extra = 0xffffffff;  // the value stands in the zip64 extra field
/// Inflated members are kept whole in memory.
constexpr std::uint64_t max_inflated = std::uint64_t{4} << 30;

std::uint64_t little(Bytes data, std::size_t at, int bytes) {
    std::uint64_t value = 0;
    for (int i = bytes; i-- > 0;)
        value = value << 8 | std::to_integer<std::uint64_t>(data[at + static_cast<std::size_t>(i)]);
    return value;
}

tl::unexpected<Error> broken(const char* what) {
    return fail(ErrorCode::images_unreadable, {}, what);
}

struct Directory {
    std::uint64_t at = 0, entries = 0;
};

std::optional<Directory> find_directory(Bytes file) {
    if (file.size() < end_size)
        return std::nullopt;
    // A comment of up to 65535 bytes may follow.
    const std::size_t last = file.size() - end_size;
    const std::size_t first = last > 65535 ? last - 65535 : 0;
    for (std::size_t at = last + 1; at-- > first;) {
        if (little(file, at, 4) != end_signature)
            continue;
        Directory directory{little(file, at + 16, 4), little(file, at + 10, 2)};
        if (at >= locator_size && little(file, at - locator_size, 4) == locator_signature) {
            const std::uint64_t end64 = little(file, at - locator_size + 8, 8);
            if (end64 > file.size() || file.size() - end64 < end64_size ||
                little(file, end64, 4) != end64_signature)
                return std::nullopt;
            directory = {little(file, end64 + 48, 8), little(file, end64 + 32, 8)};
        }
        return directory;
    }
    return std::nullopt;
}

/// The zip64 extra field holds, in this order, the sizes and the offset that did not fit into 32 bits.
bool read_extra(Bytes extra, ZipMember& member) {
    for (std::size_t at = 0; at + 4 <= extra.size();) {
        const auto id = little(extra, at, 2);
        const auto size = static_cast<std::size_t>(little(extra, at + 2, 2));
        at += 4;
        if (size > extra.size() - at)
            return false;
        if (id == 1) {
            const Bytes field = extra.subspan(at, size);
            std::size_t next = 0;
            for (std::uint64_t* value : {&member.bytes, &member.packed_bytes, &member.header_at}) {
                if (*value != in_extra)
                    continue;
                if (next + 8 > field.size())
                    return false;
                *value = little(field, next, 8);
                next += 8;
            }
        }
        at += size;
    }
    return true;
}

Result<Bytes> packed(Bytes file, const ZipMember& member) {
    const std::uint64_t at = member.header_at;
    if (at > file.size() || file.size() - at < local_size || little(file, at, 4) != local_signature)
        return broken("the archive is damaged: no member where its directory says");
    const std::uint64_t begin = at + local_size + little(file, at + 26, 2) + little(file, at + 28, 2);
    if (begin > file.size() || member.packed_bytes > file.size() - begin)
        return broken("the archive is cut off");
    return file.subspan(begin, member.packed_bytes);
}

}  // namespace

bool is_zip(Bytes file) {
    return file.size() >= 4 && (little(file, 0, 4) == local_signature || little(file, 0, 4) == end_signature);
}

Result<std::vector<ZipMember>> zip_members(Bytes file) {
    const std::optional<Directory> directory = find_directory(file);
    if (!directory)
        return broken("the archive is cut off: it has no directory");
    std::vector<ZipMember> members;
    std::uint64_t at = directory->at;
    for (std::uint64_t i = 0; i < directory->entries; ++i) {
        if (at > file.size() || file.size() - at < directory_size ||
            little(file, at, 4) != directory_signature)
            return broken("the archive's directory is damaged");
        const std::uint64_t name = little(file, at + 28, 2), extra = little(file, at + 30, 2),
                            comment = little(file, at + 32, 2);
        if (file.size() - at - directory_size < name + extra + comment)
            return broken("the archive's directory is damaged");
        if (little(file, at + 8, 2) & 1)
            return broken("the archive is encrypted");
        ZipMember member;
        member.method = static_cast<std::uint16_t>(little(file, at + 10, 2));
        member.checksum = static_cast<std::uint32_t>(little(file, at + 16, 4));
        member.packed_bytes = little(file, at + 20, 4);
        member.bytes = little(file, at + 24, 4);
        member.header_at = little(file, at + 42, 4);
        const Bytes text = file.subspan(at + directory_size, name);
        member.name.assign(reinterpret_cast<const char*>(text.data()), text.size());
        if (!read_extra(file.subspan(at + directory_size + name, extra), member))
            return broken("the archive's directory is damaged");
        // Deflate can't make more than about 1032 bytes of one.
        constexpr std::uint64_t most_per_byte = 1100;
        if (member.packed_bytes > file.size() ||
            (member.method != 0 && member.bytes / most_per_byte > member.packed_bytes))
            return broken("the archive's directory is damaged");
        members.push_back(std::move(member));
        at += directory_size + name + extra + comment;
    }
    return members;
}

Result<Bytes> stored_bytes(Bytes file, const ZipMember& member) {
    if (member.packed_bytes != member.bytes)
        return broken("the archive's directory is damaged");
    return packed(file, member);
}

Result<std::vector<std::byte>> inflated_bytes(Bytes file, const ZipMember& member, std::uint64_t most) {
    const auto in = packed(file, member);
    if (!in)
        return fail(in);
    const std::uint64_t wanted = std::min(member.bytes, most);
    if (wanted > max_inflated)
        return fail(ErrorCode::images_too_large, {},
                    "compressed arrays beyond 4 GiB are not read; numpy.savez stores them uncompressed");
    z_stream stream = {};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return broken("zlib can't begin");
    // The output grows with what really comes, whatever the directory claims.
    std::vector<std::byte> out;
    std::uint64_t taken = 0;
    int state = Z_OK;
    constexpr std::uint64_t piece = std::uint64_t{1} << 24;
    while (state == Z_OK && out.size() < wanted) {
        const std::size_t before = out.size();
        out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(wanted, before + piece)));
        const std::uint64_t given = std::min<std::uint64_t>(piece, in->size() - taken);
        // zlib takes a pointer to const through its own macro only; it does not write there.
        stream.next_in =
            reinterpret_cast<Bytef*>(const_cast<std::byte*>(in->data() + static_cast<std::size_t>(taken)));
        stream.avail_in = static_cast<uInt>(given);
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
        stream.avail_out = static_cast<uInt>(out.size() - before);
        state = inflate(&stream, Z_NO_FLUSH);
        taken += given - stream.avail_in;
        out.resize(out.size() - stream.avail_out);
        if (state == Z_BUF_ERROR || (state == Z_OK && given == 0 && out.size() == before))
            break;
    }
    inflateEnd(&stream);
    if (out.size() < wanted)
        return broken("the compressed array is damaged or cut off");
    if (wanted == member.bytes) {
        uLong sum = crc32(0, nullptr, 0);
        for (std::size_t at = 0; at < out.size();) {
            const auto part = static_cast<uInt>(std::min<std::size_t>(out.size() - at, piece));
            sum = crc32(sum, reinterpret_cast<const Bytef*>(out.data() + at), part);
            at += part;
        }
        if (sum != member.checksum)
            return broken("the compressed array is damaged: its checksum is wrong");
    }
    return out;
}

}  // namespace quantwright
