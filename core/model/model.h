#pragma once
// An ONNX model as an immutable snapshot: graph, weights (memory-mapped where they are external data),
// identity. Loading checks everything that later steps rely on.
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/model/graph.h"
#include "core/model/tensor.h"

namespace onnx {
class ModelProto;
class TensorProto;
}  // namespace onnx

namespace quantwright {

/// A graph input or output. A dimension is a number, or a name where it is open.
struct ValueInfo {
    struct Dimension {
        std::int64_t value = -1;  ///< -1: open
        std::string name;         ///< of an open dimension; may be empty
    };
    std::string name;
    ElementType type = ElementType::undefined;
    bool has_shape = false;
    std::vector<Dimension> shape;
};

class Model {
public:
    /// Reads and checks a file; external data is mapped, not read. Errors: every model.* code of loading.
    static Result<std::shared_ptr<const Model>> load(const std::filesystem::path& path,
                                                     const JobContext& job = {});

    /// A model made in memory; `folder` is where external data lies (empty: there is none). The checks are
    /// load's.
    static Result<std::shared_ptr<const Model>> from_proto(onnx::ModelProto proto,
                                                           const std::filesystem::path& folder = {});

    /// A model made in memory out of `origin`, whose external weights it shares; `outside` has those that are
    /// not origin's, by name. The checks are load's.
    static Result<std::shared_ptr<const Model>> derive(onnx::ModelProto proto, const Model& origin,
                                                       std::map<std::string, Tensor> outside = {});

    ~Model();
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    /// Initializers kept as external data are without bytes here: read them with weight().
    [[nodiscard]] const onnx::ModelProto& proto() const { return *m_proto; }
    [[nodiscard]] const Graph& graph() const { return m_graph; }
    /// Elements of an initializer, converted from whichever field of TensorProto holds them. Type `undefined`
    /// if there is no such initializer.
    [[nodiscard]] Tensor weight(const std::string& name) const;
    /// Initializers whose bytes are outside of proto().
    [[nodiscard]] const std::vector<std::string>& external_weights() const { return m_external; }

    [[nodiscard]] const std::vector<ValueInfo>& inputs() const { return m_inputs; }  ///< without initializers
    [[nodiscard]] const std::vector<ValueInfo>& outputs() const { return m_outputs; }
    [[nodiscard]] std::int64_t opset() const { return m_opset; }  ///< of the default domain
    [[nodiscard]] std::int64_t ir_version() const;
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }  ///< empty if made in memory
    /// The model file and every external data file: what an output must not overwrite.
    [[nodiscard]] const std::vector<std::filesystem::path>& files() const { return m_files; }
    [[nodiscard]] std::int64_t file_bytes() const { return m_file_bytes; }  ///< of all of files()
    [[nodiscard]] const std::string& sha256() const {
        return m_sha256;
    }  ///< of the file, external data included
    /// True if it has QuantizeLinear, DequantizeLinear, QLinear* or *Integer nodes already.
    [[nodiscard]] bool already_quantized() const { return m_already_quantized; }

private:
    Model();
    std::unique_ptr<onnx::ModelProto> m_proto;
    Graph m_graph;
    std::unordered_map<std::string, Tensor> m_weights;
    std::vector<std::string> m_external;
    std::vector<ValueInfo> m_inputs, m_outputs;
    std::int64_t m_opset = 0;
    std::filesystem::path m_path;
    std::vector<std::filesystem::path> m_files;
    std::int64_t m_file_bytes = 0;
    std::string m_sha256;
    bool m_already_quantized = false;

    friend class ModelReader;
};

/// Writes `proto` to `path` atomically. Over `external_above` bytes in all, or if some are external already
/// (their bytes are those of `weights`), the initializers go to `<path>.data` as external data. Errors:
/// output.*.
Status save_model(const onnx::ModelProto& proto, const std::filesystem::path& path,
                  std::int64_t external_above = (std::int64_t(1) << 31) - (1 << 24),
                  const Model* weights = nullptr);

}  // namespace quantwright
