#include "core/board/record.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <limits>
#include <random>
#include <span>

#include "core/base/sha256.h"
#include "core/board/answer.h"
#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

constexpr int k_version = 1;
constexpr double k_most = 1e15;
constexpr std::int64_t k_most_whole = std::int64_t(1) << 53;
constexpr std::size_t k_longest_text = 4096, k_most_layers = 100'000;
/// Of the profile's time, that belongs to layers: with less, a layer's time is not what it costs.
constexpr double k_least_told = 0.8;

std::string now_utc() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[32];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text, length};
}

std::string new_id() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::random_device random;
    std::string id;
    for (int i = 0; i < 16; ++i)
        id += digits[random() % digits.size()];
    return id;
}

/// All layers of the model, or none. `quantized`: in the plan's formats; else a float model's.
std::vector<LayerMeasurement> measured_layers(const Resolved& resolved, const std::vector<NodeTime>& profile,
                                              bool quantized) {
    const auto& layers = resolved.prepared->layers;
    std::map<std::string, double> times;
    for (const Layer& layer : layers)
        times[layer.name] = 0;
    double told = 0, all = 0;
    for (const NodeTime& node : profile) {
        all += node.us;
        if (const auto found = times.find(node.layer); found != times.end()) {
            found->second += node.us;
            told += node.us;
        }
    }
    std::vector<LayerMeasurement> result;
    if (told <= 0 || told < k_least_told * all)
        return result;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const int layer = static_cast<int>(i);
        result.push_back({layers[i].name, layer_shape(*resolved.prepared, layer),
                          quantized ? cost_format(resolved, layer) : std::string(k_float_format),
                          times[layers[i].name]});
    }
    return result;
}

bool has_half_precision(const Model& model) {
    const auto half = [](std::int64_t type) {
        return type == onnx::TensorProto::FLOAT16 || type == onnx::TensorProto::BFLOAT16;
    };
    const onnx::GraphProto& graph = model.proto().graph();
    return std::any_of(graph.initializer().begin(), graph.initializer().end(),
                       [&](const onnx::TensorProto& weight) { return half(weight.data_type()); }) ||
           std::any_of(graph.node().begin(), graph.node().end(), [&](const onnx::NodeProto& node) {
               return node.op_type() == "Cast" && half(int_attribute(node, "to", 0));
           });
}

Json latency_json(const Latency& latency) {
    return {
        {"p50", latency.p50_ms}, {"p90", latency.p90_ms}, {"p99", latency.p99_ms}, {"min", latency.min_ms}};
}

Json measurement_json(const ModelMeasurement& measurement) {
    Json layers = Json::array();
    for (const LayerMeasurement& layer : measurement.layers)
        layers.push_back({{"layer", layer.layer},
                          {"kind", layer.shape.kind},
                          {"shape", layer.shape.key},
                          {"work", layer.shape.work},
                          {"format", layer.format},
                          {"us", layer.us}});
    return {{"latency_ms", latency_json(measurement.latency)}, {"layers", std::move(layers)}};
}

std::vector<LayerMeasurement> read_layers(const Json& json, std::string& wrong) {
    AnswerReader all(json, wrong);
    std::vector<LayerMeasurement> layers;
    for (const Json* object : all.objects("layers", k_most_layers)) {
        AnswerReader reader(*object, wrong);
        LayerMeasurement layer;
        layer.layer = reader.text("layer", k_longest_text);
        layer.shape.kind = reader.text("kind", k_longest_text);
        layer.shape.key = reader.text("shape", k_longest_text);
        layer.shape.work = reader.number("work", 0, k_most);
        layer.format = reader.text("format");
        layer.us = reader.number("us", 0, k_most);
        layers.push_back(std::move(layer));
    }
    return layers;
}

ModelMeasurement read_measurement(const Json& json, std::string& wrong) {
    AnswerReader reader(json, wrong);
    const Json& object = reader.object("latency_ms");
    AnswerReader latency(object, wrong);
    ModelMeasurement measurement;
    measurement.latency = {latency.number("p50", 0, k_most), latency.number("p90", 0, k_most),
                           latency.number("p99", 0, k_most), latency.number("min", 0, k_most)};
    measurement.layers = read_layers(json, wrong);
    return measurement;
}

Json trust_json(const Trust& trust) {
    Json reasons = Json::array();
    for (const TrustReason& reason : trust.reasons)
        reasons.push_back({{"code", reason.code}, {"arguments", reason.arguments}});
    return reasons;
}

Trust read_trust(AnswerReader& reader, std::string& wrong) {
    constexpr std::size_t most = 64;
    Trust trust;
    for (const Json* object : reader.objects("trust", most)) {
        AnswerReader reason(*object, wrong);
        TrustReason read;
        read.code = reason.text("code");
        read.arguments = reason.texts("arguments", most);
        trust.reasons.push_back(std::move(read));
    }
    return trust;
}

Json board_json(const BoardRecord& record) {
    return {{"name", record.board},      {"arch", record.arch},        {"machine", record.machine},
            {"system", record.system},   {"runtime", record.runtime},  {"providers", record.providers},
            {"threads", record.threads}, {"emulated", record.emulated}};
}

void read_board(AnswerReader board, BoardRecord& record) {
    constexpr std::size_t most_providers = 64;
    constexpr std::int64_t most_threads = 1 << 20;
    record.board = board.text("name", k_longest_text);
    record.arch = board.maybe_text("arch");
    record.machine = board.maybe_text("machine");
    record.system = board.maybe_text("system");
    record.runtime = board.maybe_text("runtime");
    record.providers = board.texts("providers", most_providers);
    record.threads = static_cast<int>(board.maybe_whole("threads", 0, most_threads).value_or(0));
    record.emulated = board.flag("emulated");
}

void read_plan(AnswerReader plan, BoardRecord& record) {
    record.plan_sha256 = plan.text("sha256");
    for (const auto& [format, layers] : plan.object("formats").items())
        if (layers.is_number_integer())
            record.formats[format] = layers.get<int>();
    // A plan of a newer program may be one that this one can't read.
    if (auto read = plan_from_json(plan.object("plan"), record.id))
        record.plan = std::move(*read);
}

void read_figures(AnswerReader& reader, BoardRecord& record) {
    record.runs = reader.maybe_whole("runs", 0, k_most_whole).value_or(0);
    record.first_ms = reader.maybe_number("first_ms", 0, k_most).value_or(0);
    record.session_ms = reader.maybe_number("session_ms", 0, k_most).value_or(0);
    record.peak_memory_bytes =
        static_cast<std::uint64_t>(reader.maybe_whole("peak_memory_bytes", 0, k_most_whole).value_or(0));
    record.images = reader.maybe_whole("images", 0, k_most_whole).value_or(0);
    record.labelled = reader.maybe_whole("labelled", 0, k_most_whole).value_or(0);
    record.top1 = reader.maybe_number("top1", 0, 1);
    record.agreement = reader.maybe_number("agreement", 0, 1);
    record.snr_db = reader.maybe_number("snr_db", -k_most, k_most);
}

}  // namespace

bool BoardRecord::same_conditions(const BoardRecord& other) const {
    return arch == other.arch && runtime == other.runtime && providers == other.providers &&
           threads == other.threads && emulated == other.emulated;
}

bool BoardRecord::disturbed() const {
    return std::any_of(trust.reasons.begin(), trust.reasons.end(), [](const TrustReason& reason) {
        return reason.code == "throttled" || reason.code == "hot" || reason.code == "busy";
    });
}

std::string plan_sha256(const Plan& plan) {
    const std::string text = to_text(to_json(plan));
    return sha256_hex(std::as_bytes(std::span(text)));
}

BoardRecord make_record(const Resolved& resolved, const BoardResult& result, const std::string& board,
                        int threads) {
    BoardRecord record;
    record.id = new_id();
    record.time = now_utc();
    record.board = board;
    record.arch = result.board.arch;
    record.machine = result.board.machine;
    record.system = result.board.system;
    record.runtime = result.board.runtime;
    record.providers = result.providers;
    record.threads = threads;
    record.emulated = result.board.emulated;
    record.model_file = resolved.prepared->original->path().filename().string();
    record.model_sha256 = resolved.prepared->original->sha256();
    record.plan_sha256 = plan_sha256(resolved.plan);
    for (std::size_t i = 0; i < resolved.layers.size(); ++i)
        ++record.formats[cost_format(resolved, static_cast<int>(i))];
    record.plan = resolved.plan;
    record.deployed = {result.latency, measured_layers(resolved, result.profile, true)};
    if (result.other_latency)
        record.float_model = {*result.other_latency, measured_layers(resolved, result.other_profile, false)};
    record.runs = result.runs;
    record.first_ms = result.first_ms;
    record.session_ms = result.session_ms;
    record.peak_memory_bytes = result.peak_memory_bytes;
    if (const auto& accuracy = result.accuracy) {
        record.images = accuracy->images;
        record.labelled = accuracy->labelled;
        record.top1 = accuracy->top1;
        record.agreement = accuracy->agreement;
        record.snr_db = accuracy->snr_db;
    }
    if (const auto& judgement = result.judgement;
        judgement && judgement->task.kind != TaskKind::classification) {
        record.labelled = judgement->labelled;
        if (const Figure* headline = judgement->headline())
            record.figure = *headline;
    }
    record.trust = result.trust;
    return record;
}

Result<BoardRecord> make_record(const DeployRequest& request, const BoardResult& result,
                                const std::string& board, int threads, const JobContext& job) {
    PrepareOptions options;
    if (request.reader)
        for (const InputSource& source : request.reader->sources())
            options.input_shapes[source.input] = source.shape;
    const auto prepared = prepare(request.model, options, job);
    if (!prepared)
        return fail(prepared);
    Plan plan;  // what the file gives is stronger
    plan.target = "spacemit-k1";
    const auto resolved = resolve(*prepared, nullptr, plan);
    if (!resolved)
        return fail(resolved);
    BoardRecord record = make_record(**resolved, result, board, threads);
    record.plan.reset();
    record.plan_sha256 = request.model->sha256();
    if (has_half_precision(*request.model))
        record.deployed.layers.clear();  // prepared they are float32 like all others
    if (request.reference) {
        record.model_file = request.reference->path().filename().string();
        record.model_sha256 = request.reference->sha256();
    }
    if (record.float_model) {
        const auto other = Model::load(request.other, job);
        if (!other || (*other)->sha256() != record.model_sha256)
            record.float_model.reset();
    }
    return record;
}

Json to_json(const BoardRecord& record) {
    Json json = {{"quantwright_deployment", k_version}, {"id", record.id}, {"time", record.time}};
    json["board"] = board_json(record);
    json["model"] = {{"file", record.model_file}, {"sha256", record.model_sha256}};
    json["plan"] = {{"sha256", record.plan_sha256}, {"formats", record.formats}};
    json["plan"]["plan"] = record.plan ? to_json(*record.plan) : Json::object();
    json["deployed"] = measurement_json(record.deployed);
    if (record.float_model)
        json["float"] = measurement_json(*record.float_model);
    json["runs"] = record.runs;
    json["first_ms"] = record.first_ms;
    json["session_ms"] = record.session_ms;
    json["peak_memory_bytes"] = record.peak_memory_bytes;
    json["images"] = record.images;
    json["labelled"] = record.labelled;
    for (const auto& [key, value] :
         {std::pair{"top1", record.top1}, {"agreement", record.agreement}, {"snr_db", record.snr_db}})
        if (value)
            json[key] = *value;
    if (record.figure)
        json["figure"] = {{"name", record.figure->name}, {"value", record.figure->value}};
    json["trust"] = trust_json(record.trust);
    return json;
}

std::optional<BoardRecord> record_from_json(const Json& json) {
    std::string wrong;
    AnswerReader reader(json, wrong);
    if (reader.whole("quantwright_deployment", 1, std::numeric_limits<int>::max()) == 0)
        return {};
    BoardRecord record;
    record.id = reader.text("id");
    record.time = reader.text("time");
    read_board(AnswerReader(reader.object("board"), wrong), record);
    const Json& model = reader.object("model");
    AnswerReader about_model(model, wrong);
    record.model_file = about_model.text("file", k_longest_text);
    record.model_sha256 = about_model.text("sha256");
    read_plan(AnswerReader(reader.object("plan"), wrong), record);
    record.deployed = read_measurement(reader.object("deployed"), wrong);
    if (json.contains("float"))
        record.float_model = read_measurement(reader.object("float"), wrong);
    read_figures(reader, record);
    if (json.contains("figure")) {
        AnswerReader figure(reader.object("figure"), wrong);
        record.figure = Figure{figure.text("name"), figure.number("value", -k_most, k_most)};
    }
    record.trust = read_trust(reader, wrong);
    if (!wrong.empty())
        return {};
    return record;
}

}  // namespace quantwright
