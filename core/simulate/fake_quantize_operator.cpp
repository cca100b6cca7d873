#include "core/simulate/fake_quantize_operator.h"

#include <onnxruntime_cxx_api.h>

#include <algorithm>

#include "core/number/kernels.h"

namespace quantwright {

namespace {

/// Elements one task of a parallel run handles; below two of these the work is done in place.
constexpr std::size_t k_chunk = 1 << 15;

class Kernel {
public:
    Kernel(std::shared_ptr<const ParameterTable> table, std::size_t slot)
        : m_table(std::move(table)), m_slot(slot) {}

    void Compute(OrtKernelContext* raw) {
        const Ort::KernelContext context(raw);
        const auto input = context.GetInput(0);
        const auto info = input.GetTensorTypeAndShapeInfo();
        const Shape shape = info.GetShape();
        auto output = const_cast<Ort::KernelContext&>(context).GetOutput(0, shape);
        const std::size_t count = info.GetElementCount();
        const std::span in(input.GetTensorData<float>(), count);
        const std::span out(output.GetTensorMutableData<float>(), count);
        const auto parameters = m_table->get(m_slot);
        if (parameters->per_channel() || count < 2 * k_chunk) {
            fake_quantize(in, out, shape, *parameters);
            return;
        }
        struct Work {
            std::span<const float> in;
            std::span<float> out;
            const Parameters& parameters;
        } work{in, out, *parameters};
        const auto task = [](void* data, std::size_t chunk) {
            const Work& work = *static_cast<Work*>(data);
            const std::size_t begin = chunk * k_chunk, size = std::min(k_chunk, work.in.size() - begin);
            fake_quantize(work.in.subspan(begin, size), work.out.subspan(begin, size),
                          {work.parameters.scale.front(), work.parameters.zero_point.front()},
                          work.parameters.qmin, work.parameters.qmax);
        };
        context.ParallelFor(task, (count + k_chunk - 1) / k_chunk, 0, &work);
    }

private:
    std::shared_ptr<const ParameterTable> m_table;
    std::size_t m_slot;
};

struct FakeQuantizeOp : Ort::CustomOpBase<FakeQuantizeOp, Kernel> {
    explicit FakeQuantizeOp(std::shared_ptr<const ParameterTable> shared) : table(std::move(shared)) {
        // The value before is not needed any more: quantize it where it lies.
        GetMayInplace = [](int** input, int** output) -> std::size_t {
            static int zero = 0;
            *input = &zero;
            *output = &zero;
            return 1;
        };
        ReleaseMayInplace = [](int*, int*) {};
    }
    void* CreateKernel(const OrtApi&, const OrtKernelInfo* info) const {
        const Ort::ConstKernelInfo kernel_info(info);
        return new Kernel(table, static_cast<std::size_t>(kernel_info.GetAttribute<std::int64_t>("slot")));
    }
    const char* GetName() const { return k_fake_quantize; }
    const char* GetExecutionProviderType() const { return nullptr; }
    std::size_t GetInputTypeCount() const { return 1; }
    ONNXTensorElementDataType GetInputType(std::size_t) const { return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT; }
    std::size_t GetOutputTypeCount() const { return 1; }
    ONNXTensorElementDataType GetOutputType(std::size_t) const { return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT; }

    std::shared_ptr<const ParameterTable> table;
};

/// The domain together with the operator it points to.
struct Domain : Ort::CustomOpDomain {
    explicit Domain(std::shared_ptr<const ParameterTable> table)
        : Ort::CustomOpDomain(k_simulation_domain), op(std::move(table)) {
        Add(&op);
    }
    FakeQuantizeOp op;
};

}  // namespace

std::shared_ptr<Ort::CustomOpDomain> make_fake_quantize_domain(std::shared_ptr<const ParameterTable> table) {
    return std::make_shared<Domain>(std::move(table));
}

}  // namespace quantwright
