#include "core/analyze/analysis_key.h"

#include "core/base/sha256.h"
#include "core/base/version.h"

namespace quantwright {

namespace {

class Hash {
public:
    template <class T>
    void add(std::span<const T> values) {
        m_sha.update(std::as_bytes(values));
    }
    void add(const std::string& text) {
        add(std::span(text));
        add(static_cast<std::int64_t>(text.size()));
    }
    void add(std::int64_t value) { add(std::span<const std::int64_t>(&value, 1)); }
    void add(const Parameters& parameters) {
        add(std::string(parameters.format->name));
        add(std::span<const float>(parameters.scale));
        add(std::span<const std::int32_t>(parameters.zero_point));
    }
    std::string digest() { return m_sha.hex_digest(); }

private:
    Sha256 m_sha;
};

}  // namespace

std::string analysis_key(const Resolved& resolved, const std::vector<Batch>& batches) {
    const Prepared& prepared = *resolved.prepared;
    Hash hash;
    hash.add(std::string(version));
    hash.add(prepared.original->sha256());
    hash.add(to_text(to_json(resolved.plan)));
    for (const auto& tensor : resolved.tensors)
        if (tensor)
            hash.add(tensor->parameters);
    for (const ResolvedLayer& layer : resolved.layers)
        if (layer.weight) {
            hash.add(layer.weight->parameters);
            if (const auto& improved = layer.weight->improved) {
                hash.add(std::span<const std::int32_t>(improved->codes));
                hash.add(std::span<const float>(improved->bias));
            }
        }
    for (const Batch& batch : batches) {
        hash.add(std::ssize(batch.samples));
        for (const Tensor& input : batch.inputs) {
            hash.add(std::span<const std::int64_t>(input.shape));
            hash.add(std::span<const std::byte>(input.bytes));
        }
    }
    return hash.digest();
}

}  // namespace quantwright
