#pragma once
// The one room that talks to ONNX Runtime: sessions over a Model, with our operators, errors as values.
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/model/model.h"
#include "core/model/tensor.h"

namespace Ort {
struct CustomOpDomain;
}

namespace quantwright {

/// What the runtime may do to the graph. `off` is the file's own arithmetic, node by node.
enum class Optimizations { standard, off };
[[nodiscard]] std::string_view name_of(Optimizations optimizations);  ///< "default", "off"

/// A domain of our own operators. Any thread may run them.
struct OperatorDomain {
    std::string name;
    std::shared_ptr<Ort::CustomOpDomain> operators;
};

struct SessionOptions {
    int threads = 0;  ///< inside one run; 0: the runtime's default (all cores)
    Optimizations optimizations = Optimizations::standard;
    std::vector<OperatorDomain> operators;  ///< kept alive by the session
    /// The graph as optimized for this machine is written there, its weights beside it; empty: is not.
    /// Another session opens it without optimizations.
    std::filesystem::path optimized_file = {};
};

/// Weights that are outside of a proto, by name.
using WeightSource = std::function<Tensor(const std::string& name)>;

/// A loaded model, ready to run. run() may be called from several threads at once.
class Session {
public:
    /// Errors: runtime.failed, model.unsupported_opset (subject: the model's file), model.unknown_operator
    /// (subject: the operator).
    static Result<std::unique_ptr<Session>> create(const Model& model, const SessionOptions& options = {});
    /// A proto made in memory; `weight` gives its external weights (if any) by name. Errors are about
    /// `subject`.
    static Result<std::unique_ptr<Session>> create(const onnx::ModelProto& proto, const WeightSource& weight,
                                                   const std::string& subject,
                                                   const SessionOptions& options = {});
    /// A proto made in memory, whose external weights (if any) are those of `weights`.
    static Result<std::unique_ptr<Session>> create(const onnx::ModelProto& proto, const Model* weights,
                                                   const SessionOptions& options = {});
    /// A file, read by the runtime itself as other programs have it read. The same errors.
    static Result<std::unique_ptr<Session>> open(const std::filesystem::path& file,
                                                 const SessionOptions& options = {});
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    [[nodiscard]] const std::vector<std::string>& input_names() const;
    [[nodiscard]] const std::vector<std::string>& output_names() const;
    /// In the order of input_names(); `undefined` for what is no tensor.
    [[nodiscard]] const std::vector<ElementType>& input_types() const;

    /// `inputs` in the order of input_names(); every output in the order of output_names(). The results own
    /// the runtime's memory. A cancelled token ends the run soon, with the error `cancelled`.
    Result<std::vector<Tensor>> run(const std::vector<Tensor>& inputs, const CancelToken& cancel = {}) const;

private:
    Session();
    /// Asks the loaded model for its inputs and outputs.
    void read_names();
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

/// False if the runtime has no operator of this name in the domain's version, with its own operators alone.
[[nodiscard]] bool runtime_knows(const std::string& domain, const std::string& op, std::int64_t version);
/// The newest IR version that the runtime reads. A newer model is given to it as one of this version: whether
/// it knows the content shows then.
[[nodiscard]] std::int64_t newest_ir_version();
/// Version of the loaded ONNX Runtime, "1.31.1".
[[nodiscard]] std::string runtime_version();
/// True if this CPU multiplies 8-bit integers without saturating in between (VNNI); without it ONNX Runtime's
/// U8S8 and S8S8 kernels lose accuracy.
[[nodiscard]] bool cpu_has_vnni();

}  // namespace quantwright
