#include <fcntl.h>
#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "core/base/atomic_file.h"
#include "core/model/external_data.h"
#include "core/model/model.h"
#include "core/model/proto_helpers.h"

namespace quantwright {

namespace fs = std::filesystem;

namespace {

// Page-aligned data can be mapped by itself (onnx/docs/ExternalData.md); what is smaller than this stays
// inside.
constexpr std::int64_t k_alignment = 4096;
constexpr std::size_t k_keep_inside = 1024;

/// Everything of `from` but the initializers: those are what makes it too large to copy lightly.
onnx::ModelProto without_initializers(const onnx::ModelProto& from) {
    onnx::ModelProto to;
    to.set_ir_version(from.ir_version());
    *to.mutable_opset_import() = from.opset_import();
    if (from.has_producer_name())
        to.set_producer_name(from.producer_name());
    if (from.has_producer_version())
        to.set_producer_version(from.producer_version());
    if (from.has_domain())
        to.set_domain(from.domain());
    if (from.has_model_version())
        to.set_model_version(from.model_version());
    if (from.has_doc_string())
        to.set_doc_string(from.doc_string());
    *to.mutable_metadata_props() = from.metadata_props();
    *to.mutable_training_info() = from.training_info();
    *to.mutable_functions() = from.functions();
    to.GetReflection()->MutableUnknownFields(&to)->MergeFrom(from.GetReflection()->GetUnknownFields(from));

    const onnx::GraphProto& graph = from.graph();
    onnx::GraphProto& copy = *to.mutable_graph();
    *copy.mutable_node() = graph.node();
    if (graph.has_name())
        copy.set_name(graph.name());
    if (graph.has_doc_string())
        copy.set_doc_string(graph.doc_string());
    *copy.mutable_sparse_initializer() = graph.sparse_initializer();
    *copy.mutable_input() = graph.input();
    *copy.mutable_output() = graph.output();
    *copy.mutable_value_info() = graph.value_info();
    *copy.mutable_quantization_annotation() = graph.quantization_annotation();
    copy.GetReflection()->MutableUnknownFields(&copy)->MergeFrom(
        graph.GetReflection()->GetUnknownFields(graph));
    return to;
}

/// A file that remembers its first error.
class DataFile {
public:
    explicit DataFile(const fs::path& path)
        : m_file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
        if (m_file < 0)
            m_error = errno;
    }
    ~DataFile() {
        if (m_file >= 0)
            ::close(m_file);
    }
    DataFile(const DataFile&) = delete;
    DataFile& operator=(const DataFile&) = delete;

    /// The offset the bytes were written at.
    std::int64_t append_aligned(std::span<const std::byte> bytes) {
        static constexpr std::byte zeros[k_alignment] = {};
        const std::int64_t gap = (k_alignment - m_size % k_alignment) % k_alignment;
        write({zeros, static_cast<std::size_t>(gap)});
        const std::int64_t offset = m_size;
        write(bytes);
        return offset;
    }
    /// errno of the first failure, 0 if all is on the disk.
    int finish() {
        if (m_error == 0 && ::fsync(m_file) != 0 && errno != EINVAL && errno != EROFS)
            m_error = errno;
        return m_error;
    }
    [[nodiscard]] int error() const { return m_error; }

private:
    void write(std::span<const std::byte> bytes) {
        while (!bytes.empty() && m_error == 0) {
            const ssize_t written = ::write(m_file, bytes.data(), bytes.size());
            if (written > 0) {
                bytes = bytes.subspan(static_cast<std::size_t>(written));
                m_size += written;
            } else if (errno != EINTR) {
                m_error = errno;
            }
        }
    }

    int m_file;
    std::int64_t m_size = 0;
    int m_error = 0;
};

tl::unexpected<Error> write_error(const fs::path& path, int number) {
    const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
    return fail(full ? ErrorCode::output_disk_full : ErrorCode::output_unwritable, path.string(),
                std::strerror(number));
}

void add_entry(onnx::TensorProto& tensor, const std::string& key, const std::string& value) {
    auto& entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
}

Result<Tensor> bytes_of(const onnx::TensorProto& tensor, const Model* weights, const fs::path& path) {
    Tensor data =
        is_external(tensor) ? (weights ? weights->weight(tensor.name()) : Tensor{}) : tensor_from(tensor);
    if (data.type == ElementType::undefined)
        return fail(ErrorCode::output_unwritable, path.string(),
                    "the bytes of " + tensor.name() + " are not at hand");
    return data;
}

Status write_proto(AtomicFiles& files, const onnx::ModelProto& proto, const fs::path& path) {
    if (proto.ByteSizeLong() > INT_MAX)
        return fail(ErrorCode::output_unwritable, path.string(), "over 2 GB without its weights");
    return files.add(path, proto.SerializeAsString());
}

Status save_with_data(const onnx::ModelProto& proto, const fs::path& path, const Model* weights) {
    fs::path data_path = path;
    data_path += ".data";
    AtomicFiles files;
    const auto temporary = files.reserve(data_path);
    if (!temporary)
        return fail(temporary);
    DataFile data(*temporary);
    onnx::ModelProto small = without_initializers(proto);
    for (const auto& tensor : proto.graph().initializer()) {
        if (tensor.data_type() == onnx::TensorProto::STRING) {
            *small.mutable_graph()->add_initializer() = tensor;
            continue;
        }
        const auto bytes = bytes_of(tensor, weights, path);
        if (!bytes)
            return fail(bytes);
        auto& added = *small.mutable_graph()->add_initializer();
        added.set_name(tensor.name());
        added.set_data_type(tensor.data_type());
        *added.mutable_dims() = tensor.dims();
        if (tensor.has_doc_string())
            added.set_doc_string(tensor.doc_string());
        if (bytes->bytes.size() < k_keep_inside) {
            added.set_raw_data(bytes->bytes.data(), bytes->bytes.size());
            continue;
        }
        const std::int64_t offset = data.append_aligned(bytes->bytes);
        if (data.error() != 0)
            return write_error(data_path, data.error());
        added.set_data_location(onnx::TensorProto::EXTERNAL);
        add_entry(added, "location", data_path.filename().string());
        add_entry(added, "offset", std::to_string(offset));
        add_entry(added, "length", std::to_string(bytes->bytes.size()));
    }
    if (const int error = data.finish())
        return write_error(data_path, error);
    if (auto written = write_proto(files, small, path); !written)
        return written;
    return files.commit();
}

}  // namespace

Status save_model(const onnx::ModelProto& proto, const fs::path& path, std::int64_t external_above,
                  const Model* weights) {
    try {
        const auto& initializers = proto.graph().initializer();
        const bool has_external = std::any_of(initializers.begin(), initializers.end(), is_external);
        if (has_external || static_cast<std::int64_t>(proto.ByteSizeLong()) > external_above)
            return save_with_data(proto, path, weights);
        AtomicFiles files;
        if (auto written = write_proto(files, proto, path); !written)
            return written;
        return files.commit();
    } catch (const std::exception& e) {
        return fail(ErrorCode::output_unwritable, path.string(), e.what());
    }
}

}  // namespace quantwright
