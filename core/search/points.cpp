#include "core/search/points.h"

#include <algorithm>
#include <cmath>

#include "core/analyze/analysis_memory.h"
#include "core/analyze/sensitivity_json.h"
#include "core/base/json_fields.h"
#include "core/base/sha256.h"
#include "core/plan/edit.h"

namespace quantwright {

namespace {

constexpr int k_version = 1;
/// Candidates are compared on so many runs.
constexpr std::int64_t k_screen_runs = 4;
/// The ranking is of so many: it only says where to look.
constexpr std::int64_t k_rank_runs = 8;
/// Inputs and outputs of the runs that a task is judged on are held in memory up to this.
constexpr std::int64_t k_held_bytes = std::int64_t(1) << 30;

/// Noise over signal.
double noise_from(const std::optional<double>& snr_db) {
    return snr_db ? std::pow(10, -*snr_db / 10) : 0;
}

Json maybe(const std::optional<double>& value) {
    return value ? number_to_json(*value) : Json();
}

std::optional<double> maybe(const Json& json) {
    return json.is_null() ? std::nullopt : std::optional(number_from_json(json));
}

/// Bytes of one run's inputs, and of its outputs twice: of the float network and of the quantized one.
std::int64_t held_bytes(const Prepared& prepared) {
    const auto bytes = [&](const ValueInfo& value) {
        std::int64_t count = 4;
        if (const auto id = prepared.model->graph().find_tensor(value.name))
            for (const auto size : prepared.tensor_types[static_cast<std::size_t>(*id)].shape)
                count *= std::max<std::int64_t>(1, size);
        return count;
    };
    std::int64_t sum = 1;
    for (const ValueInfo& input : prepared.model->inputs())
        sum += bytes(input);
    for (const ValueInfo& output : prepared.model->outputs())
        sum += 2 * bytes(output);
    return sum;
}

std::int64_t refusals(const Resolved& resolved) {
    return std::count_if(resolved.problems.begin(), resolved.problems.end(), [](const Problem& one) {
        return one.severity == Severity::error || one.code == name_of(ErrorCode::plan_target_refuses);
    });
}

/// Shows a judge what a probe gave, sample by sample; a batch that can't be told apart is left out.
Status judge_probe(Judge& judge, const Probe& probe, const std::vector<Tensor>& outputs) {
    const Batch& batch = probe.batch;
    if (batch.rows == 1)
        return judge.add(batch.samples.front(), outputs, probe.reference);
    for (std::size_t i = 0; i < batch.samples.size(); ++i) {
        const auto row = static_cast<std::int64_t>(i);
        const auto own = outputs_of_row(outputs, batch.rows, row);
        const auto expected = outputs_of_row(probe.reference, std::ssize(batch.samples), row);
        if (!own || !expected)
            return {};
        if (auto added = judge.add(batch.samples[i], *own, *expected); !added)
            return added;
    }
    return {};
}

}  // namespace

Status Points::open() {
    const Prepared& prepared = *m_resolved->prepared;
    m_full_runs = m_options.images;
    if (m_full_runs == 0 && m_options.judge)
        m_full_runs = std::max<std::int64_t>(k_screen_runs, k_held_bytes / held_bytes(prepared));
    m_full_runs = probe_count(prepared, m_reader, m_full_runs);
    QualityOptions options;
    options.images = m_full_runs;
    options.threads = m_options.threads;
    m_job.report(Stage::search, 0, 0);
    auto full = QualityMeter::create(m_resolved->prepared, m_reader, m_quiet, options);
    if (!full)
        return fail(full);
    m_full = std::move(*full);
    m_screen_runs = m_full_runs;
    m_screen = m_full;
    if (m_full_runs > 2 * k_screen_runs) {
        options.images = m_screen_runs = k_screen_runs;
        auto screen = QualityMeter::create(m_resolved->prepared, m_reader, m_quiet, options);
        if (!screen)
            return fail(screen);
        m_screen = std::move(*screen);
    }
    for (std::size_t i = 0; i < prepared.groups.size(); ++i)
        m_groups.emplace(prepared.groups[i].name, static_cast<int>(i));
    m_base_parameters = parameter_bytes(*m_resolved);
    if (!m_options.memory.empty())
        remember();
    return {};
}

void Points::remember() {
    const std::string all = m_full->key(*m_resolved) + '\n' + m_options.metric + '\n' + m_options.judged_by +
                            (m_options.judge ? "\njudged" : "\n");
    const std::string key = sha256_hex(std::as_bytes(std::span(all)));
    m_lines = KeptLines::open(m_options.memory / (key + ".search"));
    if (m_lines)
        m_lines->read({{"quantwright_search", k_version}, {"key", key}}, m_options.fresh,
                      [this](const Json& line) { return restore(line); });
}

bool Points::restore(const Json& line) {
    try {
        if (line.contains("sensitivity")) {
            auto read = sensitivity_from_json(line["sensitivity"], *m_resolved->prepared, {});
            if (!read || (*read)->layers.size() != line.at("noise").size())
                return false;
            // The worst part of the outputs is no part of that JSON.
            auto whole = std::make_shared<Sensitivity>(**read);
            for (std::size_t i = 0; i < whole->layers.size(); ++i)
                if (const auto worst = maybe(line["noise"][i]))
                    whole->layers[i].worst_part_alone = WorstPart{{}, {}, *worst};
            m_rankings[line.at("on_all").get<bool>() ? 1 : 0] = std::move(whole);
            return true;
        }
        Key key;
        for (const Json& one : line.at("raised")) {
            const auto group = m_groups.find(one.at(0).get<std::string>());
            const auto field = find_field(one.at(1).get<std::string>());
            if (group == m_groups.end() || !field)
                return false;
            key.first.push_back({group->second, *field, one.at(2).get<std::string>()});
        }
        Tried tried;
        key.second = tried.point.screened = line.at("screened").get<bool>();
        tried.point.images = line.at("images").get<std::int64_t>();
        tried.point.snr_db = maybe(line.at("snr_db"));
        tried.noise = number_from_json(line.at("noise"));
        tried.possible = line.at("possible").get<bool>();
        tried.point.figure = maybe(line.at("figure"));
        tried.point.drop = maybe(line.at("drop"));
        if (line.contains("metric"))
            m_metric = line["metric"].get<std::string>();
        if (line.contains("float_figure"))
            m_float_figure = number_from_json(line["float_figure"]);
        if (line.contains("bytes"))
            tried.point.bytes = line["bytes"].get<std::int64_t>();
        m_known[std::move(key)] = std::move(tried);
        return true;
    } catch (const Json::exception&) {
        return false;
    }
}

void Points::keep(const Key& key, const Tried& tried) {
    if (!m_lines)
        return;
    Json raised = Json::array();
    for (const Raise& raise : key.first)
        raised.push_back({m_resolved->prepared->groups[static_cast<std::size_t>(raise.group)].name,
                          std::string(info(raise.field).path), raise.value});
    Json line = {{"raised", std::move(raised)},          {"screened", key.second},
                 {"images", tried.point.images},         {"snr_db", maybe(tried.point.snr_db)},
                 {"noise", number_to_json(tried.noise)}, {"possible", tried.possible},
                 {"figure", maybe(tried.point.figure)},  {"drop", maybe(tried.point.drop)}};
    if (m_metric != "snr")
        line["metric"] = m_metric;
    if (m_float_figure)
        line["float_figure"] = number_to_json(*m_float_figure);
    if (tried.point.bytes)
        line["bytes"] = *tried.point.bytes;
    m_lines->write(line);
}

Result<std::shared_ptr<const Resolved>> Points::resolve_with(const std::vector<Raise>& raised) const {
    if (raised.empty())
        return m_resolved;
    Plan plan = m_resolved->plan;
    if (auto applied = apply(plan, edit_of(*m_resolved, raised)); !applied)
        return fail(applied);
    return resolve(m_resolved->prepared, m_resolved->statistics, plan, m_quiet, m_resolved->improved);
}

bool Points::possible(const Resolved& resolved, const std::vector<Raise>& raised) const {
    if (refusals(resolved) > refusals(*m_resolved))
        return false;
    // What has no form in half precision would be float under another name.
    return std::none_of(raised.begin(), raised.end(), [&](const Raise& raise) {
        const LayerGroup& group = resolved.prepared->groups[static_cast<std::size_t>(raise.group)];
        return raise.value == "fp16" &&
               resolved.layers[static_cast<std::size_t>(group.lead)].mode != LayerMode::fp16;
    });
}

double Points::noise_of(const Quality& quality) const {
    if (m_options.judge) {
        double sum = 0;
        int parts = 0;
        const auto add = [&](bool known, const std::optional<double>& snr_db) {
            sum += known ? noise_from(snr_db) : 0;
            parts += known ? 1 : 0;
        };
        for (const OutputError& output : quality.outputs) {
            if (output.parts.empty())
                add(output.known, output.snr_db);
            for (const PartError& part : output.parts)
                add(part.known, part.snr_db);
        }
        if (parts > 0)
            return sum / parts;
    }
    return noise_from(quality.snr_db);
}

Status Points::judge_figure(const Judge& judge, SearchPoint& point) {
    const Judgement judgement = judge.judgement();
    const auto& first = judgement.figures.empty() ? judgement.agreement : judgement.figures;
    const std::string name = !m_options.metric.empty() ? m_options.metric
                             : first.empty()           ? std::string()
                                                       : first.front().name;
    double ideal = higher_is_better(name) ? 1 : 0;
    const Figure* figure = find_figure(judgement.figures, name);
    if (figure) {
        if (const Figure* of_float = find_figure(judgement.reference, name))
            ideal = of_float->value;
    } else {
        figure = find_figure(judgement.agreement, name);
    }
    if (!figure) {
        std::string names;
        for (const auto* list : {&judgement.figures, &judgement.agreement})
            for (const Figure& one : *list)
                names += (names.empty() ? "" : ", ") + one.name;
        return fail(ErrorCode::search_no_metric, name, names);
    }
    m_metric = name;
    m_float_figure = ideal;
    point.figure = figure->value;
    point.drop = 100 * (higher_is_better(name) ? ideal - figure->value : figure->value - ideal);
    return {};
}

Result<Points::Tried> Points::run(const std::shared_ptr<const Resolved>& resolved, bool screen) {
    Tried tried;
    std::unique_ptr<Judge> judge;
    QualityMeter::See see;
    if (m_options.judge && !screen) {
        judge = m_options.judge->again();
        see = [&](const Probe& probe, const std::vector<Tensor>& outputs) {
            return judge_probe(*judge, probe, outputs);
        };
    }
    QualityMeter& meter = screen ? *m_screen : *m_full;
    const auto quality = meter.measure(resolved, {}, m_quiet, {}, see);
    if (!quality)
        return fail(quality);
    tried.point.images = quality->images;
    tried.point.screened = screen;
    tried.point.snr_db = quality->snr_db;
    tried.noise = noise_of(*quality);
    if (judge)
        if (auto judged = judge_figure(*judge, tried.point); !judged)
            return fail(judged);
    if (!screen)
        tried.point.bytes = m_full->file_bytes(resolved);
    return tried;
}

Result<const Points::Tried*> Points::measure(const std::vector<Raise>& raised, bool screen) {
    Key key{raised, screen && m_screen != m_full};
    std::sort(key.first.begin(), key.first.end());
    if (const auto found = m_index.find(key); found != m_index.end())
        return &m_all[found->second];
    if (m_job.cancelled())
        return JobContext::cancelled_error();
    const auto resolved = resolve_with(key.first);
    if (!resolved)
        return fail(resolved);
    Tried tried;
    if (const auto known = m_known.find(key); known != m_known.end()) {
        tried = known->second;
    } else {
        if (possible(**resolved, key.first)) {
            auto measured = run(*resolved, key.second);
            if (!measured)
                return fail(measured);
            tried = std::move(*measured);
        } else {
            tried.possible = false;
        }
        tried.point.screened = key.second;
        keep(key, tried);
    }
    SearchPoint& point = tried.point;
    point.raised = key.first;
    if (m_options.cost)
        point.cost = m_options.cost(**resolved);
    else if (!point.screened && point.bytes)
        point.cost = static_cast<double>(*point.bytes);
    else if (const Tried* base = find({}); base && base->point.bytes)
        point.cost = base->point.cost + parameter_bytes(**resolved) - m_base_parameters;
    else
        point.cost = parameter_bytes(**resolved);
    point.keeps = tried.possible && keeps(point);
    m_index[key] = m_all.size();
    m_all.push_back(std::move(tried));
    advance(key.second ? m_screen_runs : m_full_runs);
    return &m_all.back();
}

const Points::Tried* Points::find(const std::vector<Raise>& raised) const {
    Key key{raised, false};
    std::sort(key.first.begin(), key.first.end());
    const auto found = m_index.find(key);
    return found == m_index.end() ? nullptr : &m_all[found->second];
}

Result<double> Points::cost_of(const std::vector<Raise>& raised) {
    if (const auto found = m_costs.find(raised); found != m_costs.end())
        return found->second;
    const auto resolved = resolve_with(raised);
    if (!resolved)
        return fail(resolved);
    return m_costs[raised] = m_options.cost ? m_options.cost(**resolved) - m_options.cost(*m_resolved)
                                            : parameter_bytes(**resolved) - m_base_parameters;
}

bool Points::keeps(const SearchPoint& point) const {
    if (point.screened)
        return false;
    if (m_options.promise.max_drop)
        return point.drop && *point.drop <= *m_options.promise.max_drop + 1e-9;
    return !point.snr_db || *point.snr_db >= m_options.promise.min_snr_db.value_or(0);
}

MeasuredOn Points::measured_on() const {
    return quantwright::measured_on(m_reader, m_full_runs, m_all.empty() ? 0 : m_all.front().point.images,
                                    Arithmetic::simulated);
}

Result<std::vector<Ranked>> Points::rank(bool on_all) {
    const Prepared& prepared = *m_resolved->prepared;
    const auto worst = [&](const LayerSensitivity& one) {
        return m_options.judge && one.worst_part_alone ? one.worst_part_alone->snr_db : one.snr_db_alone;
    };
    m_sensitivity = m_rankings[on_all ? 1 : 0];
    if (!m_sensitivity) {
        AnalysisMemory memory(m_options.memory);
        AnalyzeOptions how;
        how.threads = m_options.threads;
        how.apart = how.without = how.accumulated = false;
        how.max_images = on_all ? m_full_runs : std::min(m_full_runs, k_rank_runs);
        how.memory = &memory;
        how.fresh = m_options.fresh;
        auto analyzed = analyze_sensitivity(m_resolved, m_reader, how, m_job);
        if (!analyzed)
            return fail(analyzed);
        m_sensitivity = std::move(*analyzed);
        if (m_lines) {
            Json noise = Json::array();
            for (const LayerSensitivity& one : m_sensitivity->layers)
                noise.push_back(one.worst_part_alone ? maybe(one.worst_part_alone->snr_db) : Json());
            m_lines->write({{"sensitivity", to_json(*m_sensitivity, prepared)},
                            {"on_all", on_all},
                            {"noise", std::move(noise)}});
        }
        memory.clear();
        m_rankings[on_all ? 1 : 0] = m_sensitivity;
    }
    std::vector<Ranked> order;
    for (const LayerSensitivity& one : m_sensitivity->layers)
        order.push_back({prepared.group_of_layer[static_cast<std::size_t>(one.layer)], noise_from(worst(one)),
                         one.snr_db_alone});
    std::stable_sort(order.begin(), order.end(),
                     [](const Ranked& a, const Ranked& b) { return a.noise > b.noise; });
    return order;
}

void Points::advance(std::int64_t images) {
    m_done += images;
    if (m_done >= m_total)
        m_total = 0;  // more than was expected: how much more is not known
    m_job.report(Stage::search, m_done, m_total);
}

}  // namespace quantwright
