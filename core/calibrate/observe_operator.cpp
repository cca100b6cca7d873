#include "core/calibrate/observe_operator.h"

#include <onnxruntime_cxx_api.h>

#include <algorithm>

namespace quantwright {

namespace {

struct Rows {
    std::int64_t samples = 0, all = 0;
};
thread_local Rows observed_rows;

/// Rows are in row-major order: the first of them are the first elements.
void leave_repeats_out(std::span<const float>& values, Shape& shape) {
    const Rows rows = observed_rows;
    if (rows.samples == rows.all || shape.empty() || shape.front() != rows.all)
        return;
    values = values.first(values.size() / static_cast<std::size_t>(rows.all) *
                          static_cast<std::size_t>(rows.samples));
    shape.front() = rows.samples;
}

struct Layout {
    std::int64_t block = 0, channels = 0;
};

class Kernel {
public:
    Kernel(std::shared_ptr<Observations> observations, std::size_t slot, Layout layout)
        : m_observations(std::move(observations)),
          m_observation(*m_observations->at(slot)),
          m_layout(layout) {}

    OrtStatusPtr ComputeV2(OrtKernelContext* raw) {
        try {
            Ort::KernelContext context(raw);
            const auto input = context.GetInput(0);
            const auto info = input.GetTensorTypeAndShapeInfo();
            std::span values(input.GetTensorData<float>(), info.GetElementCount());
            Shape shape = info.GetShape();
            leave_repeats_out(values, shape);
            if (m_layout.block > 0) {
                const std::int64_t filled =
                    (m_layout.channels + m_layout.block - 1) / m_layout.block * m_layout.block;
                if (shape.size() != 4 || shape[1] != filled)
                    throw std::runtime_error("not in blocks of channels");
                shape[1] = m_layout.channels;
            }
            const auto summary =
                pack(m_observation.observe(values, shape, static_cast<std::size_t>(m_layout.block)));
            auto output = context.GetOutput(0, {static_cast<std::int64_t>(summary.size())});
            std::copy(summary.begin(), summary.end(), output.GetTensorMutableData<double>());
            return nullptr;
        } catch (const std::exception& e) {
            return Ort::GetApi().CreateStatus(ORT_RUNTIME_EXCEPTION, e.what());
        }
    }

private:
    std::shared_ptr<Observations> m_observations;
    Observation& m_observation;
    const Layout m_layout;
};

constexpr bool k_with_status = true;

struct ObserveOp : Ort::CustomOpBase<ObserveOp, Kernel, k_with_status> {
    explicit ObserveOp(std::shared_ptr<Observations> shared) : observations(std::move(shared)) {}

    OrtStatusPtr CreateKernelV2(const OrtApi& api, const OrtKernelInfo* info, void** kernel) const {
        try {
            const Ort::ConstKernelInfo kernel_info(info);
            const auto number = [&](const char* name) {
                return kernel_info.GetAttribute<std::int64_t>(name);
            };
            *kernel = new Kernel(observations, static_cast<std::size_t>(number("slot")),
                                 {number("block"), number("channels")});
            return nullptr;
        } catch (const std::exception& e) {
            return api.CreateStatus(ORT_RUNTIME_EXCEPTION, e.what());
        }
    }
    const char* GetName() const { return k_observe; }
    const char* GetExecutionProviderType() const { return nullptr; }
    std::size_t GetInputTypeCount() const { return 1; }
    ONNXTensorElementDataType GetInputType(std::size_t) const { return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT; }
    std::size_t GetOutputTypeCount() const { return 1; }
    ONNXTensorElementDataType GetOutputType(std::size_t) const {
        return ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE;
    }

    std::shared_ptr<Observations> observations;
};

/// The domain together with the operator it points to.
struct Domain : Ort::CustomOpDomain {
    explicit Domain(std::shared_ptr<Observations> observations)
        : Ort::CustomOpDomain(k_observe_domain), op(std::move(observations)) {
        Add(&op);
    }
    ObserveOp op;
};

}  // namespace

ObservedRows::ObservedRows(std::int64_t samples, std::int64_t rows) {
    observed_rows = {samples, rows};
}

ObservedRows::~ObservedRows() {
    observed_rows = {};
}

OperatorDomain make_observe_domain(std::shared_ptr<Observations> observations) {
    return {k_observe_domain, std::make_shared<Domain>(std::move(observations))};
}

}  // namespace quantwright
