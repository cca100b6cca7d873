#include "app/cli/board_output.h"

#include <algorithm>

#include "widgets/results/evaluation_text.h"
#include "widgets/results/format.h"
#include "widgets/results/json_output.h"
#include "widgets/results/table.h"
#include "widgets/words/board_words.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

namespace {

constexpr std::size_t k_listed_nodes = 10;

void put_text(Json& object, const char* key, const std::string& value) {
    if (!value.empty())
        object[key] = value;
}

template <class T>
void put_number(Json& object, const char* key, const std::optional<T>& value) {
    if (value)
        object[key] = *value;
}

/// What disturbs a measurement, as far as the board says.
Json state_json(const BoardState& state) {
    Json json = Json::object();
    put_text(json, "governor", state.governor);
    put_number(json, "mhz", state.mhz);
    put_number(json, "mhz_max", state.mhz_max);
    put_number(json, "temperature_c", state.temperature_c);
    put_number(json, "load", state.load);
    put_number(json, "busy_others", state.busy_others);
    return json;
}

Json trust_json(const Trust& trust) {
    Json reasons = Json::array();
    for (const TrustReason& reason : trust.reasons)
        reasons.push_back({{"code", reason.code}, {"message", utf8(words::message(reason))}});
    return {{"ok", trust.ok()}, {"reasons", std::move(reasons)}};
}

Json profile_json(const std::vector<NodeTime>& nodes) {
    Json list = Json::array();
    for (const NodeTime& node : nodes) {
        Json one = {{"node", node.node}};
        put_text(one, "layer", node.layer);
        one["op"] = node.op;
        one["provider"] = node.provider;
        one["us"] = node.us;
        list.push_back(std::move(one));
    }
    return list;
}

Json layers_json(const std::vector<BoardLayer>& layers) {
    Json list = Json::array();
    for (const BoardLayer& layer : layers) {
        Json one = {{"name", layer.layer}, {"op", layer.op}, {"nodes", layer.nodes}};
        put_text(one, "provider", layer.provider);
        put_number(one, "us", layer.us);
        put_number(one, "compare_us", layer.other_us);
        if (layer.compared) {
            one["snr_db_host"] = snr_json(layer.snr_db_simulation);
            put_number(one, "snr_db_float", layer.snr_db_float);
            put_number(one, "snr_db_float_host", layer.snr_db_float_host);
            put_number(one, "steps", layer.steps);
            one["agrees"] = layer.agrees;
        }
        list.push_back(std::move(one));
    }
    return list;
}

Json host_json(const Evaluation& host, const Judgement* judgement, bool has_reference) {
    Json json = Json::object();
    if (judgement)
        json["task"] = task_json(*judgement);
    put(json, "top1", host.top1);
    put(json, "top5", host.top5);
    if (has_reference) {
        put(json, "agreement", host.agreement);
        if (host.cosine)
            json["snr_db"] = snr_json(host.snr_db);
        put(json, "cosine", host.cosine);
    }
    json["optimizations"] = "off";
    return json;
}

QString latency_text(const Latency& latency) {
    return Cli::tr("median %1, 90 % %2, 99 % %3, shortest %4")
        .arg(milliseconds(latency.p50_ms), milliseconds(latency.p90_ms), milliseconds(latency.p99_ms),
             milliseconds(latency.min_ms));
}

QString board_text(const BoardFacts& facts) {
    const QString name = text(facts.machine.empty() ? facts.system : facts.machine);
    const QString line = Cli::tr("%1, %n core(s)", nullptr, facts.cores).arg(text(facts.arch));
    return name.isEmpty() ? line : QStringLiteral("%1 (%2)").arg(name, line);
}

/// A figure of the board beside the host's, which computes the same file exactly.
QString beside(const QString& board, const QString& host) {
    return Cli::tr("%1 (host, exact arithmetic: %2)").arg(board, host);
}

/// How many samples' results are named in the table.
constexpr std::size_t k_listed_images = 5;

/// The task's figures on the board beside the host's, and the images whose result is not float's.
void add_task(Table& table, const Judgement& board, const Judgement* host) {
    if (board.task.kind == TaskKind::none)
        return;
    table.add({Cli::tr("Task"), words::name(board.task.kind)});
    for (const auto part : {&Judgement::figures, &Judgement::agreement})
        for (const Figure& figure : main_figures(board.*part)) {
            const Figure* there = host ? find_figure(host->*part, figure.name) : nullptr;
            QString value = there ? beside(figure_text(figure), figure_text(*there)) : figure_text(figure);
            if (const Figure* reference = find_figure(board.reference, figure.name))
                value = Cli::tr("%1; float: %2").arg(value, figure_text(*reference));
            table.add({words::figure(figure.name), value});
        }
    QStringList names;
    for (const Change& change : board.changes)
        if (change.amount > 0 && names.size() < static_cast<int>(k_listed_images))
            names << text(change.image);
    if (names.isEmpty())
        return;
    const auto changed = std::count_if(board.changes.begin(), board.changes.end(),
                                       [](const Change& one) { return one.amount > 0; });
    const auto more = static_cast<int>(changed - names.size());
    QString list = names.join(QStringLiteral(", "));
    if (more > 0)
        list = Cli::tr("%1 and %n more; --json lists all", nullptr, more).arg(list);
    table.add({Cli::tr("Differ from float"), list});
}

void add_accuracy(Table& table, const BoardResult& result, bool has_reference) {
    const Evaluation& board = *result.accuracy;
    const std::optional<Evaluation>& host = result.host;
    const Judgement* judgement = result.judgement ? &*result.judgement : nullptr;
    const std::int64_t labelled = is_by_scores(judgement) ? board.labelled : judgement->labelled;
    table.add({Cli::tr("Images"), labelled > 0 ? Cli::tr("%1, %2 labelled").arg(board.images).arg(labelled)
                                               : QString::number(board.images)});
    table.add({Cli::tr("Measured on"), words::measuredOn(board.measured_on)});
    if (judgement)
        add_task(table, *judgement, result.host_judgement ? &*result.host_judgement : nullptr);
    if (!has_reference)
        return;
    if (board.cosine)
        table.add({Cli::tr("SNR"),
                   host ? beside(decibels(board.snr_db), decibels(host->snr_db)) : decibels(board.snr_db)});
}

QString profile_text(std::vector<NodeTime> nodes) {
    std::stable_sort(nodes.begin(), nodes.end(),
                     [](const NodeTime& a, const NodeTime& b) { return a.us > b.us; });
    double total = 0;
    for (const NodeTime& node : nodes)
        total += node.us;
    Table table(
        {Cli::tr("Node"), Cli::tr("Operator"), Cli::tr("Provider"), Cli::tr(">Time"), Cli::tr(">Share")});
    for (std::size_t i = 0; i < std::min(nodes.size(), k_listed_nodes); ++i)
        table.add({text(nodes[i].node), text(nodes[i].op), text(nodes[i].provider),
                   milliseconds(nodes[i].us / 1000), percent(total > 0 ? nodes[i].us / total : 0)});
    QString result = table.text();
    if (nodes.size() > k_listed_nodes)
        result += Cli::tr("%n more node(s); --json lists all", nullptr,
                          static_cast<int>(nodes.size() - k_listed_nodes)) +
                  u'\n';
    return result;
}

QString layers_text(const std::vector<BoardLayer>& layers) {
    Table table({Cli::tr("Layer"),
                 Cli::tr("Operator"),
                 Cli::tr(">Steps"),
                 Cli::tr(">Against host"),
                 Cli::tr(">Against float"),
                 {}});
    for (const BoardLayer& layer : layers)
        if (layer.compared)
            table.add({text(layer.layer), text(layer.op),
                       layer.steps ? QString::number(*layer.steps, 'f', 2) : QString(),
                       decibels(layer.snr_db_simulation),
                       layer.snr_db_float ? decibels(layer.snr_db_float) : QString(),
                       layer.agrees ? QString() : Cli::tr("differs")});
    return table.text();
}

}  // namespace

Json board_json(const BoardFacts& facts) {
    Json json = {{"arch", facts.arch}};
    if (facts.cores > 0)
        json["cores"] = facts.cores;
    put_number(json, "memory_bytes", facts.memory_bytes);
    put_number(json, "memory_free_bytes", facts.memory_free_bytes);
    put_number(json, "disk_free_bytes", facts.disk_free_bytes);
    put_text(json, "machine", facts.machine);
    put_text(json, "system", facts.system);
    put_text(json, "kernel", facts.kernel);
    put_text(json, "runtime", facts.runtime);
    put_text(json, "runtime_path", facts.runtime_path);
    put_text(json, "provider", facts.provider_path);
    if (facts.opset_max > 0)
        json["opset_max"] = facts.opset_max;
    json["k1"] = facts.is_k1;
    json["emulated"] = facts.emulated;
    return json;
}

Json points_json(const std::vector<BoardPoint>& points) {
    Json list = Json::array();
    for (const BoardPoint& point : points) {
        Json one = {{"code", point.code},
                    {"ok", point.ok},
                    {"needed", point.needed},
                    {"message", utf8(words::message(point))}};
        put_text(one, "remedy", point.remedy);
        list.push_back(std::move(one));
    }
    return list;
}

QString check_text(const BoardCheck& check) {
    Table table({{}, {}, {}});
    for (const BoardPoint& point : check.points)
        table.add({point.ok       ? Cli::tr("fine")
                   : point.needed ? Cli::tr("MISSING")
                                  : Cli::tr("advice"),
                   words::name(point), words::message(point)});
    QString result = table.text();
    for (const BoardPoint& point : check.points)
        if (!point.remedy.empty())
            result += Cli::tr("On the board: %1").arg(text(point.remedy)) + u'\n';
    return result;
}

Json deploy_json(const BoardResult& result, bool has_reference) {
    Json json = {{"board", board_json(result.board)}};
    json["providers"] = result.providers;
    if (result.accuracy)
        put_evaluation(json, *result.accuracy, has_reference);
    if (result.judgement)
        json["task"] = task_json(*result.judgement);
    json["latency_ms"] = latency_json(result.latency);
    json["first_ms"] = result.first_ms;
    json["runs"] = result.runs;
    json["session_ms"] = result.session_ms;
    if (result.peak_memory_bytes > 0)
        json["peak_memory_bytes"] = result.peak_memory_bytes;
    if (result.host)
        json["host"] =
            host_json(*result.host, result.host_judgement ? &*result.host_judgement : nullptr, has_reference);
    if (result.other_latency) {
        json["compare"] = {{"latency_ms", latency_json(*result.other_latency)}};
        if (result.latency.p50_ms > 0)
            json["compare"]["ratio"] = result.other_latency->p50_ms / result.latency.p50_ms;
        if (result.speed_up) {
            put_number(json["compare"], "ratio_low", result.speed_up->low);
            put_number(json["compare"], "ratio_high", result.speed_up->high);
            json["compare"]["certain"] = result.speed_up->certain();
        }
        if (!result.other_profile.empty())
            json["compare"]["profile"] = profile_json(result.other_profile);
    }
    if (!result.profile.empty())
        json["profile"] = profile_json(result.profile);
    put_number(json, "fallback_nodes", result.fallback_nodes);
    put_number(json, "subgraphs", result.subgraphs);
    if (!result.layers.empty())
        json["layers"] = layers_json(result.layers);
    json["before"] = state_json(result.before);
    json["after"] = state_json(result.after);
    json["trust"] = trust_json(result.trust);
    json["sent_bytes"] = result.sent_bytes;
    json["problems"] = problems_json(result.problems);
    json["skipped"] = result.accuracy ? skipped_json(result.accuracy->skipped) : Json::array();
    return json;
}

QString deploy_text(const BoardResult& result, bool has_reference) {
    Table table({{}, {}});
    table.add({Cli::tr("Board"), board_text(result.board)});
    QString runtime = text(result.board.runtime);
    for (const std::string& provider : result.providers)
        runtime += QStringLiteral(", ") + text(provider);
    table.add({Cli::tr("ONNX Runtime"), runtime});
    table.add({Cli::tr("Sent"), bytes(static_cast<std::int64_t>(result.sent_bytes))});
    table.add({Cli::tr("Latency"), latency_text(result.latency)});
    table.add({Cli::tr("Runs"), Cli::tr("%1 timed; the first took %2")
                                    .arg(QString::number(result.runs), milliseconds(result.first_ms))});
    if (result.other_latency)
        table.add({Cli::tr("The other"), latency_text(*result.other_latency)});
    table.add({Cli::tr("Session"), milliseconds(result.session_ms)});
    if (result.peak_memory_bytes > 0)
        table.add({Cli::tr("Peak memory"), bytes(static_cast<std::int64_t>(result.peak_memory_bytes))});
    if (result.accuracy)
        add_accuracy(table, result, has_reference);
    QString all = table.text();
    if (!result.profile.empty())
        all += u'\n' + profile_text(result.profile);
    if (std::any_of(result.layers.begin(), result.layers.end(),
                    [](const BoardLayer& layer) { return layer.compared; }))
        all +=
            u'\n' +
            Cli::tr(
                "Layer by layer on the same inputs, the board's optimizations off, in quantization steps:") +
            u'\n' + layers_text(result.layers);
    if (!result.trust.ok())
        all += u'\n' + Cli::tr("The times can't be relied on:") + u'\n';
    for (const TrustReason& reason : result.trust.reasons)
        all += QStringLiteral("  ") + words::message(reason) + u'\n';
    return all;
}

}  // namespace quantwright::cli
