#include "core/simulate/operators.h"

#include <onnxruntime_cxx_api.h>

#include <algorithm>

#include "core/number/kernels.h"
#include "core/simulate/dynamic_parameters.h"

namespace quantwright {

namespace {

/// Elements one task of a parallel run handles; below two of these the work is done in place.
constexpr std::size_t k_chunk = 1 << 15;

/// The one float input of an operator and room for its output.
struct Values {
    explicit Values(const Ort::KernelContext& context) {
        const auto input = context.GetInput(0);
        const auto info = input.GetTensorTypeAndShapeInfo();
        shape = info.GetShape();
        auto output = const_cast<Ort::KernelContext&>(context).GetOutput(0, shape);
        in = {input.GetTensorData<float>(), info.GetElementCount()};
        out = {output.GetTensorMutableData<float>(), in.size()};
    }
    Shape shape;
    std::span<const float> in;
    std::span<float> out;
};

/// One scale for all, in parallel where that pays.
void fake_quantize_tensor(const Ort::KernelContext& context, const Values& values,
                          const Parameters& parameters) {
    struct Work {
        const Values& values;
        const Parameters& parameters;
    } work{values, parameters};
    const auto task = [](void* data, std::size_t chunk) {
        const auto& [all, quantization] = *static_cast<Work*>(data);
        const std::size_t begin = chunk * k_chunk, size = std::min(k_chunk, all.in.size() - begin);
        fake_quantize(all.in.subspan(begin, size), all.out.subspan(begin, size),
                      {quantization.scale.front(), quantization.zero_point.front()}, quantization.qmin,
                      quantization.qmax, quantization.rounding);
    };
    context.ParallelFor(task, (values.in.size() + k_chunk - 1) / k_chunk, 0, &work);
}

class FakeQuantizeKernel {
public:
    FakeQuantizeKernel(std::shared_ptr<const ParameterTable> table, std::size_t slot)
        : m_table(std::move(table)), m_slot(slot) {}

    void Compute(OrtKernelContext* raw) {
        const Ort::KernelContext context(raw);
        const Values values(context);
        const auto parameters = m_table->get(m_slot);
        const bool one_scale = parameters->format->is_integer && parameters->axis < 0;
        if (one_scale && values.in.size() >= 2 * k_chunk)
            fake_quantize_tensor(context, values, *parameters);
        else
            fake_quantize(values.in, values.out, values.shape, *parameters);
    }

private:
    std::shared_ptr<const ParameterTable> m_table;
    std::size_t m_slot;
};

class DynamicKernel {
public:
    void Compute(OrtKernelContext* raw) {
        const Ort::KernelContext context(raw);
        const Values values(context);
        const ScaleZeroPoint found = dynamic_parameters(values.in);
        Parameters parameters;
        parameters.format = &format_uint8();
        parameters.qmin = format_uint8().qmin;
        parameters.qmax = format_uint8().qmax;
        parameters.scale = {found.scale};
        parameters.zero_point = {found.zero_point};
        fake_quantize_tensor(context, values, parameters);
    }
};

/// One float tensor in, one out.
template <class Op, class Kernel>
struct FloatOp : Ort::CustomOpBase<Op, Kernel> {
    const char* GetExecutionProviderType() const { return nullptr; }
    std::size_t GetInputTypeCount() const { return 1; }
    ONNXTensorElementDataType GetInputType(std::size_t) const { return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT; }
    std::size_t GetOutputTypeCount() const { return 1; }
    ONNXTensorElementDataType GetOutputType(std::size_t) const { return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT; }
};

struct FakeQuantizeOp : FloatOp<FakeQuantizeOp, FakeQuantizeKernel> {
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
        return new FakeQuantizeKernel(
            table, static_cast<std::size_t>(kernel_info.GetAttribute<std::int64_t>("slot")));
    }
    const char* GetName() const { return k_fake_quantize; }

    std::shared_ptr<const ParameterTable> table;
};

struct DynamicFakeQuantizeOp : FloatOp<DynamicFakeQuantizeOp, DynamicKernel> {
    void* CreateKernel(const OrtApi&, const OrtKernelInfo*) const { return new DynamicKernel; }
    const char* GetName() const { return k_dynamic_fake_quantize; }
};

/// The domain together with the operators it points to.
struct Domain : Ort::CustomOpDomain {
    explicit Domain(std::shared_ptr<const ParameterTable> table)
        : Ort::CustomOpDomain(k_simulation_domain), fake_quantize_op(std::move(table)) {
        Add(&fake_quantize_op);
        Add(&dynamic_op);
    }
    FakeQuantizeOp fake_quantize_op;
    DynamicFakeQuantizeOp dynamic_op;
};

}  // namespace

std::shared_ptr<ParameterTable> make_table(const std::vector<Parameters>& slots) {
    auto table = std::make_shared<ParameterTable>(slots.size());
    for (std::size_t slot = 0; slot < slots.size(); ++slot)
        table->set(slot, slots[slot]);
    return table;
}

OperatorDomain make_simulation_domain(std::shared_ptr<const ParameterTable> table) {
    return {k_simulation_domain, std::make_shared<Domain>(std::move(table))};
}

}  // namespace quantwright
