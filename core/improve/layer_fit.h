#pragma once
// Codes of one layer's weight, and its bias, that make the quantized layer's output as near to the float
// one's as they can: docs/quantization.md, "Closed-form rounding", has the formulas and their sources.
#include <optional>
#include <span>
#include <vector>

#include "core/improve/matrix_products.h"
#include "core/improve/weight_matrix.h"
#include "core/plan/improved.h"
#include "core/plan/resolve.h"

namespace quantwright {

/// What the layer reads at sampled output positions: in the float network, and in the network as quantized so
/// far. Both as WeightMatrix::gather() lays them out, `count` columns each.
struct LayerColumns {
    std::vector<float> as_float, as_quantized;
    std::int64_t count = 0;
    std::int64_t images = 1;  ///< as many columns of each, one after the other
};

/// Sums over the columns that a fit may see.
class LayerMoments {
public:
    LayerMoments(const WeightMatrix& matrix, bool products);
    Status add(const LayerColumns& columns, const MatrixProducts& runtime);

private:
    friend class LayerFit;
    std::int64_t m_groups, m_columns;
    bool m_products;              ///< false: means alone
    std::vector<float> m_square;  ///< by group: sum of x_q x_q'
    std::vector<float> m_cross;   ///< by group: sum of (x_f - x_q) x_q'
    std::vector<double> m_float_sum, m_quantized_sum;
    std::int64_t m_count = 0;
};

struct FitOptions {
    bool rounding = true;  ///< false: only the bias is fitted
    /// Strength of the ridge that holds the refitted weights to the given ones, in mean diagonals of the
    /// inputs' second moment. Which one is taken shows on columns that the fit did not see.
    std::vector<float> ridges{16, 4, 1, 0.3f};  ///< mildest first
    int threads = 0;
};

/// Errors at the layer's output on the judging columns, summed: 0 is perfect.
struct FitResult {
    std::shared_ptr<const ImprovedWeight> weight;  ///< null: nothing is better than what is there
    double before = 0, after = 0;
};

/// `resolved` has the layer's plain parameters. `judge`: columns that are not in `moments`.
Result<FitResult> fit_layer(const Resolved& resolved, int layer, const WeightMatrix& matrix,
                            const LayerMoments& moments, const LayerColumns& judge, const FitOptions& options,
                            const MatrixProducts& runtime, const CancelToken& cancel = {});

}  // namespace quantwright
