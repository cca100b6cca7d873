#include "core/runtime/session.h"

#include <onnx/onnx_pb.h>
#include <onnxruntime_cxx_api.h>
#include <onnxruntime_session_options_config_keys.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "core/model/proto_helpers.h"
#include "core/runtime/run_watch.h"
#include "core/runtime/unknown_operator.h"

namespace quantwright {

namespace {

/// One environment for the process, made at first use and never destroyed before the sessions are.
Ort::Env& environment() {
    static Ort::Env env(ORT_LOGGING_LEVEL_FATAL, "quantwright");
    return env;
}

std::string subject_of(const Model* model, const onnx::ModelProto* proto) {
    if (model && !model->path().empty())
        return model->path().string();
    return proto ? proto->graph().name() : std::string();
}

tl::unexpected<Error> runtime_error(const std::string& subject, const std::string& message) {
    if (const auto operator_name = unknown_operator_in(message))
        return fail(ErrorCode::model_unknown_operator, *operator_name, message);
    const bool opset = message.find("Opset") != std::string::npos ||
                       message.find("opset") != std::string::npos ||
                       message.find("IR version") != std::string::npos;
    return fail(opset ? ErrorCode::model_unsupported_opset : ErrorCode::runtime_failed, subject, message);
}

Ort::Value value_over(const Tensor& tensor) {
    static const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    // The runtime's interface takes inputs as mutable memory but does not write them.
    auto* data = const_cast<std::byte*>(tensor.bytes.data());
    return Ort::Value::CreateTensor(memory, data, tensor.bytes.size(), tensor.shape.data(),
                                    tensor.shape.size(), static_cast<ONNXTensorElementDataType>(tensor.type));
}

Tensor tensor_from(Ort::Value value) {
    Tensor tensor;
    if (!value.HasValue() || !value.IsTensor())
        return tensor;
    const auto info = value.GetTensorTypeAndShapeInfo();
    tensor.type = static_cast<ElementType>(info.GetElementType());
    tensor.shape = info.GetShape();
    if (tensor.type == ElementType::string)
        return tensor;
    const auto owner = std::make_shared<Ort::Value>(std::move(value));
    const std::size_t bytes = info.GetElementCount() * size_of(tensor.type);
    tensor.bytes = {static_cast<const std::byte*>(owner->GetTensorRawData()), bytes};
    tensor.owner = owner;
    return tensor;
}

/// The runtime keeps the names of all domains of the process in one table, which it looks up, extends and
/// reads without holding a lock over the three: of two sessions that bring the same new domain at once, one
/// fails. So whoever brings a new one is alone while it does.
std::unique_ptr<Ort::Session> make_session(const std::function<std::unique_ptr<Ort::Session>()>& create,
                                           const std::vector<OperatorDomain>& domains) {
    static std::shared_mutex door;
    static std::set<std::string> met;
    const auto is_met = [](const OperatorDomain& domain) { return met.contains(domain.name); };
    {
        const std::shared_lock shared(door);
        if (std::ranges::all_of(domains, is_met))
            return create();
    }
    const std::unique_lock alone(door);
    auto session = create();
    for (const auto& domain : domains)
        met.insert(domain.name);
    return session;
}

/// Every runtime that this program works with reads this one.
constexpr std::int64_t k_surely_read_ir = 8;

/// Of a number that comes twice in protobuf's form the last holds: spares a copy of the model.
void append_ir_version(std::string& bytes, std::int64_t version) {
    onnx::ModelProto only;
    only.set_ir_version(version);
    only.AppendToString(&bytes);
}

Ort::SessionOptions settings_of(const SessionOptions& options) {
    Ort::SessionOptions settings;
    if (options.threads > 0)
        settings.SetIntraOpNumThreads(options.threads);
    settings.SetGraphOptimizationLevel(options.optimizations == Optimizations::off ? ORT_DISABLE_ALL
                                                                                   : ORT_ENABLE_ALL);
    // What runs node by node is not timed: its threads needn't wait awake for more.
    if (options.optimizations == Optimizations::off)
        settings.AddConfigEntry(kOrtSessionOptionsConfigAllowIntraOpSpinning, "0");
    settings.SetLogSeverityLevel(ORT_LOGGING_LEVEL_FATAL);
    for (const auto& domain : options.operators)
        settings.Add(*domain.operators);
    if (!options.optimized_file.empty()) {
        settings.SetOptimizedModelFilePath(options.optimized_file.c_str());
        settings.AddConfigEntry(kOrtSessionOptionsOptimizedModelExternalInitializersFileName,
                                (options.optimized_file.filename().string() + ".weights").c_str());
        settings.AddConfigEntry(kOrtSessionOptionsOptimizedModelExternalInitializersMinSizeInBytes, "1024");
    }
    return settings;
}

}  // namespace

std::string_view name_of(Optimizations optimizations) {
    return optimizations == Optimizations::off ? "off" : "default";
}

struct Session::Parts {
    std::vector<OperatorDomain> operators;
    std::vector<Tensor> external;  // borrowed by the session
    std::string subject;
    std::unique_ptr<Ort::Session> session;
    std::vector<std::string> inputs, outputs;
    std::vector<ElementType> input_types;
    std::vector<const char*> input_pointers, output_pointers;
};

Session::Session() : m_parts(std::make_unique<Parts>()) {}
Session::~Session() = default;

const std::vector<std::string>& Session::input_names() const {
    return m_parts->inputs;
}
const std::vector<std::string>& Session::output_names() const {
    return m_parts->outputs;
}

const std::vector<ElementType>& Session::input_types() const {
    return m_parts->input_types;
}

void Session::read_names() {
    Parts& parts = *m_parts;
    Ort::AllocatorWithDefaultOptions allocator;
    for (std::size_t i = 0; i < parts.session->GetInputCount(); ++i) {
        parts.inputs.emplace_back(parts.session->GetInputNameAllocated(i, allocator).get());
        const Ort::TypeInfo type = parts.session->GetInputTypeInfo(i);
        parts.input_types.push_back(
            type.GetONNXType() == ONNX_TYPE_TENSOR
                ? static_cast<ElementType>(type.GetTensorTypeAndShapeInfo().GetElementType())
                : ElementType::undefined);
    }
    for (std::size_t i = 0; i < parts.session->GetOutputCount(); ++i)
        parts.outputs.emplace_back(parts.session->GetOutputNameAllocated(i, allocator).get());
    for (const auto& name : parts.inputs)
        parts.input_pointers.push_back(name.c_str());
    for (const auto& name : parts.outputs)
        parts.output_pointers.push_back(name.c_str());
}

Result<std::unique_ptr<Session>> Session::open(const std::filesystem::path& file,
                                               const SessionOptions& options) {
    try {
        std::unique_ptr<Session> result(new Session);
        Parts& parts = *result->m_parts;
        parts.subject = file.string();
        parts.operators = options.operators;
        const Ort::SessionOptions settings = settings_of(options);
        parts.session = make_session(
            [&] { return std::make_unique<Ort::Session>(environment(), file.c_str(), settings); },
            options.operators);
        result->read_names();
        return result;
    } catch (const std::exception& e) {
        return runtime_error(file.string(), e.what());
    }
}

Result<std::unique_ptr<Session>> Session::create(const Model& model, const SessionOptions& options) {
    return create(model.proto(), &model, options);
}

Result<std::unique_ptr<Session>> Session::create(const onnx::ModelProto& proto, const Model* weights,
                                                 const SessionOptions& options) {
    WeightSource source;
    if (weights)
        source = [weights](const std::string& name) { return weights->weight(name); };
    return create(proto, source, subject_of(weights, &proto), options);
}

Result<std::unique_ptr<Session>> Session::create(const onnx::ModelProto& proto, const WeightSource& weight,
                                                 const std::string& subject, const SessionOptions& options) {
    try {
        std::unique_ptr<Session> result(new Session);
        Parts& parts = *result->m_parts;
        parts.subject = subject;
        parts.operators = options.operators;

        Ort::SessionOptions settings = settings_of(options);
        if (weight) {
            std::vector<std::string> names;
            std::vector<Ort::Value> values;
            for (const auto& initializer : proto.graph().initializer()) {
                if (initializer.data_location() != onnx::TensorProto::EXTERNAL)
                    continue;
                parts.external.push_back(weight(initializer.name()));
                names.push_back(initializer.name());
                values.push_back(value_over(parts.external.back()));
            }
            if (!names.empty())
                settings.AddExternalInitializers(names, values);
        }

        std::string bytes;
        if (!proto.SerializeToString(&bytes))
            return fail(ErrorCode::model_too_large, subject);
        if (proto.ir_version() > k_surely_read_ir && proto.ir_version() > newest_ir_version())
            append_ir_version(bytes, newest_ir_version());
        parts.session = make_session(
            [&] {
                return std::make_unique<Ort::Session>(environment(), bytes.data(), bytes.size(), settings);
            },
            options.operators);
        result->read_names();
        return result;
    } catch (const std::exception& e) {
        return runtime_error(subject, e.what());
    }
}

Result<std::vector<Tensor>> Session::run(const std::vector<Tensor>& inputs, const CancelToken& cancel) const {
    const Parts& parts = *m_parts;
    if (cancel.cancelled())
        return JobContext::cancelled_error();
    if (inputs.size() != parts.inputs.size())
        return fail(ErrorCode::runtime_failed, parts.subject,
                    std::to_string(inputs.size()) + " inputs given, " + std::to_string(parts.inputs.size()) +
                        " wanted");
    try {
        std::vector<Ort::Value> values;
        values.reserve(inputs.size());
        for (const Tensor& input : inputs)
            values.push_back(value_over(input));
        Ort::RunOptions run_options;
        std::vector<Ort::Value> outputs;
        {
            const RunWatch watch(cancel, [&run_options] { run_options.SetTerminate(); });
            outputs =
                parts.session->Run(run_options, parts.input_pointers.data(), values.data(), values.size(),
                                   parts.output_pointers.data(), parts.output_pointers.size());
        }
        std::vector<Tensor> results;
        results.reserve(outputs.size());
        for (Ort::Value& output : outputs)
            results.push_back(tensor_from(std::move(output)));
        return results;
    } catch (const std::exception& e) {
        if (cancel.cancelled())
            return JobContext::cancelled_error();
        return fail(ErrorCode::runtime_failed, parts.subject, e.what());
    }
}

bool runtime_knows(const std::string& domain, const std::string& op, std::int64_t version) {
    // One node of it alone: whatever else is wrong with that, an unknown operator is said first.
    onnx::ModelProto model;
    model.set_ir_version(8);
    auto& opset = *model.add_opset_import();
    opset.set_domain(domain);
    opset.set_version(version);
    auto& graph = *model.mutable_graph();
    graph.set_name("one");
    auto& input = *graph.add_input();
    input.set_name("x");
    input.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
    auto& node = *graph.add_node();
    node.set_op_type(op);
    node.set_domain(domain);
    node.add_input("x");
    node.add_output("y");
    graph.add_output()->set_name("y");
    const auto session = Session::create(model, nullptr);
    return session || session.error().code != ErrorCode::model_unknown_operator;
}

std::int64_t newest_ir_version() {
    // It can only be asked by offering one that is too new: the refusal names the newest.
    static const std::int64_t newest = [] {
        onnx::ModelProto model;
        model.set_ir_version(std::numeric_limits<std::int32_t>::max());
        set_opset(model, "", 13);
        auto& graph = *model.mutable_graph();
        graph.set_name("none");
        std::string bytes = model.SerializeAsString();
        try {
            Ort::SessionOptions settings;
            settings.SetLogSeverityLevel(ORT_LOGGING_LEVEL_FATAL);
            const Ort::Session session(environment(), bytes.data(), bytes.size(), settings);
        } catch (const std::exception& e) {
            const std::string_view message = e.what();
            const auto colon = message.rfind(": ");
            std::int64_t value = 0;
            if (message.find("IR version") != message.npos && colon != message.npos &&
                std::from_chars(message.data() + colon + 2, message.data() + message.size(), value).ec ==
                    std::errc() &&
                value >= k_surely_read_ir)
                return value;
        }
        return std::numeric_limits<std::int64_t>::max();
    }();
    return newest;
}

std::string runtime_version() {
    return OrtGetApiBase()->GetVersionString();
}

}  // namespace quantwright
