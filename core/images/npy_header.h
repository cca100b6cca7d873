#pragma once
#include <optional>
#include <string_view>

#include "core/model/tensor.h"

namespace quantwright {

/// The header of NumPy's .npy format (versions 1 to 3).
struct NpyHeader {
    ElementType type = ElementType::undefined;
    bool swapped = false;        ///< bytes in the order this machine does not have
    bool fortran_order = false;  ///< first index fastest
    Shape shape;
    std::size_t data_at = 0;  ///< where the elements begin
};

/// Empty where it is malformed or of a type that is no number.
[[nodiscard]] std::optional<NpyHeader> read_npy_header(std::string_view file);

}  // namespace quantwright
