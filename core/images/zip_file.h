#pragma once
// The members of a zip archive (.npz is one), stored or deflated, zip64 too. Everything in the file is
// checked before it is believed.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace quantwright {

struct ZipMember {
    std::string name;
    std::uint16_t method = 0;  ///< 0 stored, 8 deflated
    std::uint64_t packed_bytes = 0, bytes = 0;
    std::uint64_t header_at = 0;
    std::uint32_t checksum = 0;
};

[[nodiscard]] bool is_zip(std::span<const std::byte> file);

/// In the order of the archive's directory. Errors: images.unreadable (detail only).
Result<std::vector<ZipMember>> zip_members(std::span<const std::byte> file);

/// A stored member's contents where they lie. Errors: images.unreadable (detail only).
Result<std::span<const std::byte>> stored_bytes(std::span<const std::byte> file, const ZipMember& member);

/// The first `most` bytes of a deflated member, or all of it with its checksum compared. Errors:
/// images.unreadable, images.too_large (detail only).
Result<std::vector<std::byte>> inflated_bytes(std::span<const std::byte> file, const ZipMember& member,
                                              std::uint64_t most = UINT64_MAX);

}  // namespace quantwright
