// The chain of segments against the simulation of the whole network: the same outputs to the last bit, in
// every form, and after edits what a chain made anew gives.
#include <QtTest>

#include <cstring>
#include <random>

#include "core/number/metrics.h"
#include "core/simulate/chain.h"
#include "core/simulate/simulation.h"
#include "tests/support/random_graphs.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;

namespace {

constexpr unsigned k_graphs = 300;

struct Case {
    std::shared_ptr<const Prepared> prepared;
    std::shared_ptr<const Statistics> statistics;
    std::vector<Tensor> inputs;
};

std::optional<Case> make_case(unsigned seed) {
    const auto model = testing::random_model(seed);
    const auto prepared = prepare(model);
    if (!prepared)
        return {};
    return Case{*prepared, testing::reference_statistics(**prepared, testing::random_inputs(*model, 2, seed)),
                testing::random_inputs(*model, 1, seed + 1).front()};
}

bool equal(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Tensor& x, const Tensor& y) {
        return x.type == y.type && x.shape == y.shape && x.bytes.size() == y.bytes.size() &&
               std::memcmp(x.bytes.data(), y.bytes.data(), x.bytes.size()) == 0;
    });
}

bool half(const Form& form) {
    const auto& layers = form.resolved->layers;
    return std::any_of(layers.begin(), layers.end(),
                       [](const ResolvedLayer& layer) { return layer.mode == LayerMode::fp16; });
}

bool nearly(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
    ErrorSums error;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i].type == ElementType::float32)
            error.add(a[i].floats(), b[i].floats());
    return error.snr_db().value_or(999) > 40;
}

/// What is wrong; empty: nothing.
QString compare(const Chain& chain, const Form& form, const std::vector<Tensor>& inputs,
                Optimizations optimizations) {
    const auto made = chain.make(form);
    if (!made)
        return QString("chain: ") + made.error().detail.c_str();
    const auto outputs = chain.finish(**made, 0, chain.start(inputs));
    if (!outputs)
        return QString("run: ") + outputs.error().detail.c_str();
    SimulationOptions options{1, optimizations, form.only_layers, form.weights, form.activations, {}};
    const auto whole = Simulation::create(form.resolved, options);
    if (!whole)
        return QString("whole: ") + whole.error().detail.c_str();
    const auto reference = (*whole)->run(inputs);
    if (!reference)
        return QString("whole run: ") + reference.error().detail.c_str();
    if (equal(*outputs, *reference))
        return {};
    // ONNX Runtime computes half precision in float where it has no kernel, and drops the casts between two
    // such nodes: a cut between them rounds once more.
    return half(form) && nearly(*outputs, *reference) ? QString() : QString("other outputs");
}

std::shared_ptr<const Resolved> resolved_for(const Case& one, const Plan& plan) {
    const auto resolved = resolve(one.prepared, one.statistics, plan);
    return resolved ? *resolved : nullptr;
}

}  // namespace

class TestSegments : public QObject {
    Q_OBJECT

private slots:
    void every_node_is_in_one_segment() {
        int several = 0;
        for (unsigned seed = 1; seed <= k_graphs; ++seed) {
            const auto one = make_case(seed);
            QVERIFY(one);
            const auto segments = cut_into_segments(*one->prepared, 1);
            auto next = NodeId{};
            std::vector<int> outputs;
            for (const Segment& segment : segments) {
                QCOMPARE(segment.nodes.first, next);
                QVERIFY(segment.nodes.end > segment.nodes.first);
                next = segment.nodes.end;
                outputs.insert(outputs.end(), segment.outputs.begin(), segment.outputs.end());
            }
            QCOMPARE(static_cast<std::size_t>(next), one->prepared->model->graph().nodes().size());
            std::sort(outputs.begin(), outputs.end());
            for (std::size_t i = 0; i < outputs.size(); ++i)
                QCOMPARE(outputs[i], static_cast<int>(i));
            several += segments.size() > 2 ? 1 : 0;
        }
        QVERIFY(several > 200);
    }

    void groups_stay_whole() {
        for (unsigned seed = 1; seed <= k_graphs; ++seed) {
            const auto one = make_case(seed);
            QVERIFY(one);
            const Chain chain(one->prepared, {1, Optimizations::off, 1});
            for (const LayerGroup& group : one->prepared->groups)
                for (const int layer : group.layers)
                    QCOMPARE(chain.segment_of(layer), chain.segment_of(group.lead));
        }
    }

    void every_form_equals_the_whole_network() {
        int failed = 0, forms = 0;
        for (unsigned seed = 1; seed <= k_graphs && failed < 20; ++seed) {
            const auto one = make_case(seed);
            QVERIFY(one);
            const auto resolved = resolved_for(*one, testing::random_plan(*one->prepared, seed));
            if (!resolved)
                continue;
            const Chain chain(one->prepared, {1, Optimizations::off, 1});
            std::vector<Form> all = {{resolved, {}, true, true},
                                     {resolved, std::vector<int>(), true, true},
                                     {resolved, {}, true, false},
                                     {resolved, {}, false, true}};
            for (int layer = 0; layer < static_cast<int>(resolved->layers.size()); ++layer) {
                if (!resolved->layers[static_cast<std::size_t>(layer)].quantized())
                    continue;
                all.push_back({resolved, std::vector<int>{layer}, true, true});
                std::vector<int> others;
                for (int i = 0; i < static_cast<int>(resolved->layers.size()); ++i)
                    if (i != layer)
                        others.push_back(i);
                all.push_back({resolved, others, true, true});
            }
            for (std::size_t i = 0; i < all.size(); ++i, ++forms)
                if (const QString wrong = compare(chain, all[i], one->inputs, Optimizations::off);
                    !wrong.isEmpty()) {
                    qWarning("seed %u, form %d: %s", seed, int(i), qPrintable(wrong));
                    ++failed;
                }
        }
        qInfo("%d forms", forms);
        QCOMPARE(failed, 0);
        QVERIFY(forms > 2000);
    }

    /// A form made from another one, at any distance, gives what one made from nothing gives; and what
    /// first_difference() says is the same, is.
    void forms_made_from_others() {
        int failed = 0, shared = 0, in_place = 0;
        for (unsigned seed = 1; seed <= k_graphs && failed < 20; ++seed) {
            const auto one = make_case(seed);
            QVERIFY(one);
            const Chain chain(one->prepared, {1, Optimizations::standard, 1});
            std::mt19937 random(seed);
            Plan plan = testing::random_plan(*one->prepared, seed);
            std::shared_ptr<const ChainForm> form;
            for (int step = 0; step < 6; ++step) {
                const auto resolved = resolved_for(*one, plan);
                if (!resolved)
                    break;
                const auto next = form ? chain.take({resolved, {}, true, true}, form)
                                       : chain.make({resolved, {}, true, true});
                QVERIFY(next);
                if (form && step > 0) {
                    shared += (*next)->built() < chain.size() ? 1 : 0;
                    in_place += (*next)->built() == 0 &&
                                chain.first_difference(*form->view(), *(*next)->view()) < chain.size();
                }
                const auto anew = chain.make({resolved, {}, true, true});
                QVERIFY(anew);
                const auto a = chain.finish(**next, 0, chain.start(one->inputs));
                const auto b = chain.finish(**anew, 0, chain.start(one->inputs));
                QVERIFY(a && b);
                bool same = equal(*a, *b);
                if (form && same) {
                    // What lies in front of the first difference is the same in both.
                    const int first = chain.first_difference(*form->view(), *(*next)->view());
                    SegmentState state = chain.start(one->inputs);
                    for (int i = 0; i < first && same; ++i) {
                        auto old = chain.run(*form, i, state);
                        auto now = chain.run(**anew, i, state);
                        QVERIFY(old && now);
                        for (const auto& [tensor, value] : old->alive)
                            same = same && equal({value}, {now->alive.at(tensor)});
                        state = std::move(*now);
                    }
                }
                if (!same) {
                    qWarning("seed %u, step %d", seed, step);
                    ++failed;
                }
                form = *next;
                // An edit: a layer's mode or observer, or a tensor's range.
                const auto& layers = one->prepared->layers;
                const auto& layer = layers[random() % layers.size()];
                if (random() % 2 && !layer.outputs.empty()) {
                    const auto& tensor = resolved->tensors[static_cast<std::size_t>(layer.outputs.front())];
                    if (tensor)
                        plan.tensors[one->prepared->model->graph()[tensor->scale_owner].name].set(
                            Field::clip, clip_text({-1.0f - static_cast<float>(random() % 3), 2.0f}));
                } else {
                    const char* modes[] = {"float", "static", "weight-only", "fp16"};
                    plan.layers[layer.name].set(Field::mode, modes[random() % 4]);
                }
            }
        }
        qInfo("%d of the steps shared sessions, %d needed none", shared, in_place);
        QCOMPARE(failed, 0);
        QVERIFY(shared > 200);
        QVERIFY(in_place > 10);
    }
};

QTEST_GUILESS_MAIN(TestSegments)
#include "test_segments.moc"
