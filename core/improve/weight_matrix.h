#pragma once
// A layer with a constant weight as a product of matrices: y = W x, one product per group, where a column x
// is what one output position reads (im2col).
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/prepare/prepare.h"

namespace quantwright {

/// Where the elements of the weight are in the matrices. Conv, ConvTranspose: a column is (input channel of
/// the group, kernel position); Gemm, MatMul: an index of the summed axis.
class WeightMatrix {
public:
    /// Empty where the layer is no such product: no float constant of two or more axes as its second operand.
    static std::optional<WeightMatrix> of(const Prepared& prepared, int layer);

    [[nodiscard]] std::int64_t groups() const { return m_groups; }
    [[nodiscard]] std::int64_t rows() const { return m_rows; }        ///< outputs of one group
    [[nodiscard]] std::int64_t columns() const { return m_columns; }  ///< summed over, of one group
    [[nodiscard]] TensorId input() const { return m_input; }
    [[nodiscard]] const Shape& weight_shape() const { return m_weight_shape; }
    /// Flat index into the weight.
    [[nodiscard]] std::size_t place(std::int64_t group, std::int64_t row, std::int64_t column) const {
        return static_cast<std::size_t>(group * m_group_step + row * m_row_step +
                                        column / m_kernel * m_channel_step + column % m_kernel);
    }
    /// Columns of one run of the model: batch times output positions.
    [[nodiscard]] std::int64_t positions() const { return m_positions; }

    /// The columns at `chosen` positions (ascending), as groups() matrices of columns() rows, row-major:
    /// element (g, k, j) at out[(g * columns() + k) * stride + j].
    void gather(std::span<const float> input, const std::vector<std::int64_t>& chosen, float* out,
                std::size_t stride) const;

private:
    WeightMatrix() = default;
    bool take_convolution(const Prepared& prepared, const onnx::NodeProto& node, bool transposed,
                          const Shape& out);
    bool take_product(const onnx::NodeProto& node);
    /// Index within a channel of what kernel position `kernel` reads for a position; -1: padding.
    [[nodiscard]] std::int64_t source(std::int64_t position, std::int64_t kernel) const;

    std::int64_t m_groups = 1, m_rows = 0, m_columns = 0, m_positions = 0;
    std::int64_t m_group_step = 0, m_row_step = 0, m_channel_step = 0, m_kernel = 1;
    TensorId m_input{};
    Shape m_weight_shape, m_input_shape;
    // Convolutions.
    bool m_convolution = false, m_transposed = false;
    Shape m_in, m_out, m_kernel_shape;  ///< spatial sizes
    std::vector<std::int64_t> m_strides, m_dilations, m_pads;
    // Products.
    bool m_input_transposed = false;
};

}  // namespace quantwright
