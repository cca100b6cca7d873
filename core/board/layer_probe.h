#pragma once
// A copy of a model that also gives what every layer puts out, to be run on a board; and one for the host
// that computes each layer from what the board had before it, so that an error is shown where it arises.
// Private to core/board.
#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "core/number/metrics.h"
#include "core/prepare/prepare.h"
#include "core/runtime/session.h"

namespace quantwright {

/// One tensor that is compared.
struct ProbePoint {
    int layer = -1;      ///< index into Prepared::layers
    std::string tensor;  ///< name in the prepared graph, as a float model has it
    std::string probe;   ///< name in the file: the tensor after its Q/DQ pair, where it has one
    /// Names in the file with the same values: a quantized tensor may be dequantized more than once.
    std::vector<std::string> aliases;
    ElementType type = ElementType::undefined;
    Shape shape;
    double step = 0;  ///< of quantization: the scale, 1 between codes; 0: not quantized per tensor
};

/// How far the board is from others at a point, over all images.
struct ProbeErrors {
    ErrorSums host, reference;  ///< against the exact arithmetic on the same inputs; against the float model
    ErrorSums host_reference;   ///< the exact arithmetic of the whole file against the float model
    double max_difference = 0;  ///< board from the exact arithmetic on the same inputs
};

class LayerProbe {
public:
    /// `prepared` is made of the file's model. Errors: those of Session::create.
    static Result<LayerProbe> create(const Prepared& prepared, const Model* reference, int threads);

    [[nodiscard]] const std::vector<ProbePoint>& points() const { return m_points; }
    [[nodiscard]] const std::vector<ProbeErrors>& errors() const { return m_errors; }
    /// To be run on the board: every point is an output.
    [[nodiscard]] const onnx::ModelProto& opened() const { return m_opened; }

    /// Takes in what the board gave for a sample, in the order of opened()'s outputs. Errors:
    /// board.bad_answer, runtime.failed, cancelled.
    Status compare(const std::vector<Tensor>& inputs, const std::vector<std::string>& input_names,
                   const std::vector<Tensor>& board, const CancelToken& cancel);

private:
    void find_points(const Prepared& prepared);
    void open(const Prepared& prepared);
    Status cut(const Prepared& prepared, int threads);
    Status open_reference(const Model& reference, int threads);
    Status open_whole(const Prepared& prepared, int threads);

    std::vector<ProbePoint> m_points;
    std::vector<ProbeErrors> m_errors;
    onnx::ModelProto m_opened;
    std::unique_ptr<Session> m_host;                ///< each layer from what the board had before it
    std::unique_ptr<Session> m_whole, m_reference;  ///< from the inputs on; null without a float model
};

}  // namespace quantwright
