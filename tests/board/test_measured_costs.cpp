// Predicted times against plain calculations from the records.
#include <QtTest>

#include "core/board/measured_costs.h"
#include "tests/support/board_results.h"

using namespace quantwright;
using namespace quantwright::testing;
using Basis = LayerCost::Basis;

namespace {

LayerShape shape(const std::string& kind, const std::string& key, double work) {
    return {kind, kind + " " + key, work};
}

/// p50 in ms, and a layer's shape, format and time each.
ModelMeasurement measurement(double p50, std::vector<LayerMeasurement> layers) {
    return {{p50, p50, p50, p50}, std::move(layers)};
}

BoardRecord record(ModelMeasurement deployed, std::optional<ModelMeasurement> other = {}) {
    BoardRecord record;
    record.runtime = "1.21.0";
    record.deployed = std::move(deployed);
    record.float_model = std::move(other);
    return record;
}

bool close(double a, double b) {
    return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

}  // namespace

class TestMeasuredCosts : public QObject {
    Q_OBJECT

    const LayerShape m_small = shape("Conv", "small", 1000), m_large = shape("Conv", "large", 4000),
                     m_add = shape("Add", "a", 50);

private slots:
    void nothing_is_known() {
        const MeasuredCosts costs(std::vector<BoardRecord>{});
        QVERIFY(costs.empty());
        QCOMPARE(costs.predict(m_small, "int8").basis, Basis::unknown);
        // A record without layers says nothing either.
        QVERIFY(MeasuredCosts({record(measurement(5, {}))}).empty());
    }

    void medians_of_a_shape() {
        std::vector<BoardRecord> records;
        for (const double us : {500.0, 100.0, 300.0})
            records.push_back(
                record(measurement(1, {{"x", m_small, "int8", us}, {"y", m_add, "int8", 700}})));
        const LayerCost odd = MeasuredCosts(records).predict(m_small, "int8");
        QCOMPARE(odd.basis, Basis::measured);
        QCOMPARE(odd.us, 300.0);
        // Each scaled so that its record's layers make up its latency of 1000 us.
        QVERIFY(close(odd.latency_us, 300 * 1000 / (300.0 + 700)));
        records.push_back(record(measurement(1, {{"x", m_small, "int8", 400}, {"z", m_small, "int8", 600}})));
        // 100 300 400 500 600
        QCOMPARE(MeasuredCosts(records).predict(m_small, "int8").us, 400.0);
        records.push_back(record(measurement(1, {{"x", m_small, "int8", 420}})));
        QCOMPARE(MeasuredCosts(records).predict(m_small, "int8").us, 410.0);
        QCOMPARE(MeasuredCosts(records).predict(m_small, "float").basis, Basis::unknown);
    }

    void other_shapes_are_estimated_from_throughput() {
        const MeasuredCosts costs({record(
            measurement(
                2, {{"x", m_small, "int8", 100}, {"y", m_large, "int8", 300}, {"z", m_add, "int8", 600}}),
            measurement(8, {{"x", m_small, "float", 400}, {"y", m_large, "float", 1600}}))});
        const LayerShape other = shape("Conv", "other", 2000);
        const LayerCost int8 = costs.predict(other, "int8");
        QCOMPARE(int8.basis, Basis::estimated);
        QVERIFY(close(int8.us, 2000 * (100.0 + 300) / (1000 + 4000)));
        // The deployed model's layers make up 1000 us of its 2000 us.
        QVERIFY(close(int8.latency_us, 2 * int8.us));
        const LayerCost as_float = costs.predict(other, "float");
        QVERIFY(close(as_float.us, 2000 * 2000.0 / 5000) && as_float.basis == Basis::estimated);
        QVERIFY(close(as_float.latency_us, 4 * as_float.us));
        // Another kind says nothing of it, nor does another format.
        QCOMPARE(costs.predict(shape("Conv grouped", "other", 2000), "int8").basis, Basis::unknown);
        QCOMPARE(costs.predict(m_add, "float").basis, Basis::unknown);
        QCOMPARE(costs.formats_of(m_small), (std::vector<std::string>{"float", "int8"}));
        QVERIFY(costs.formats_of(other).empty());
    }

    void a_layer_within_anothers_kernel_costs_nothing() {
        const MeasuredCosts costs(
            {record(measurement(1, {{"x", m_small, "int8", 0}, {"y", m_large, "int8", 500}}))});
        QCOMPARE(costs.predict(m_small, "int8").basis, Basis::measured);
        QCOMPARE(costs.predict(m_small, "int8").us, 0.0);
    }

    void only_what_can_be_compared() {
        std::vector<BoardRecord> records(4, record(measurement(1, {{"x", m_small, "int8", 100}})));
        records[0].runtime = "1.15.0";
        records[0].deployed.layers[0].us = 900;
        records[1].deployed.layers[0].us = 200;
        records[1].trust.reasons = {{"throttled", {"1", "2"}}};
        records[2].trust.reasons = {{"emulated", {}}, {"few_runs", {"3"}}};
        QCOMPARE(MeasuredCosts(records).predict(m_small, "int8").us, 100.0);
        // Disturbed ones are better than none.
        QCOMPARE(MeasuredCosts({records[1]}).predict(m_small, "int8").us, 200.0);
        QCOMPARE(MeasuredCosts({records[3], records[0]}).predict(m_small, "int8").us, 900.0);
    }

    void keys_tell_shapes_apart() {
        const auto resolved = resolved_small_cnn();
        std::map<std::string, int> keys;
        for (std::size_t i = 0; i < resolved->layers.size(); ++i)
            ++keys[layer_shape(*resolved->prepared, static_cast<int>(i)).key];
        QCOMPARE(keys.size(), resolved->layers.size());
        const auto find = [&](const std::string& op, int nth) {
            for (std::size_t i = 0; i < resolved->layers.size(); ++i)
                if (resolved->prepared->layers[i].op == op && nth-- == 0)
                    return static_cast<int>(i);
            return -1;
        };
        const LayerShape first = layer_shape(*resolved->prepared, find("Conv", 0));
        const LayerShape depthwise = layer_shape(*resolved->prepared, find("Conv", 1));
        const LayerShape add = layer_shape(*resolved->prepared, find("Add", 0));
        QCOMPARE(first.kind, std::string("Conv"));
        QCOMPARE(depthwise.kind, std::string("Conv grouped"));
        QVERIFY2(first.key.find("1x3x16x16") != std::string::npos &&
                     first.key.find("+Relu") != std::string::npos &&
                     first.key.find("kernel_shape=3,3") != std::string::npos,
                 first.key.c_str());
        QCOMPARE(first.work, static_cast<double>(
                                 resolved->prepared->layers[static_cast<std::size_t>(find("Conv", 0))].macs));
        // Nothing to multiply: what is read and written. Two inputs and an output of one size.
        const auto& facts = resolved->prepared->layers[static_cast<std::size_t>(find("Add", 0))];
        const double elements = static_cast<double>(element_count(
            resolved->prepared->tensor_types[static_cast<std::size_t>(facts.outputs.front())].shape));
        QCOMPARE(add.work, 3 * elements);
        // The same model built again has the same keys, whatever its weights are.
        const auto other = *prepare(small_cnn(99));
        for (std::size_t i = 0; i < other->layers.size(); ++i)
            QCOMPARE(layer_shape(*other, static_cast<int>(i)),
                     layer_shape(*resolved->prepared, static_cast<int>(i)));
    }

    void a_plan_is_the_sum_of_its_layers() {
        const auto quantized = resolved_small_cnn();
        Plan plan;
        plan.defaults.set(Field::mode, "float");
        const auto all_float = resolved_small_cnn(plan);
        QCOMPARE(all_float->quantized_layers(), 0);
        BoardResult result = board_result(*quantized, 100);
        result.other_profile = board_result(*quantized, 300).profile;
        result.other_latency = Latency{7, 7, 7, 7};
        const MeasuredCosts costs({make_record(*quantized, result, "b", 0)});
        const int layers = static_cast<int>(quantized->layers.size());

        // What was measured is predicted to the microsecond.
        const PlanCost same = costs.predict(*quantized);
        QCOMPARE(same.measured, layers);
        QCOMPARE(same.estimated + same.unknown, 0);
        QVERIFY(close(same.ms, result.latency.p50_ms));
        QVERIFY(close(costs.predict(*all_float).ms, 7));
        for (int i = 0; i < layers; ++i) {
            QCOMPARE(costs.predict(layer_shape(*quantized->prepared, i), cost_format(*quantized, i)).us,
                     100.0 * (i + 1));
            QCOMPARE(costs.predict(layer_shape(*quantized->prepared, i), k_float_format).us, 300.0 * (i + 1));
        }

        // One layer float, the others as they were.
        plan = {};
        plan.layers[quantized->prepared->layers[0].name].set(Field::mode, "float");
        const auto mixed = resolved_small_cnn(plan);
        QCOMPARE(cost_format(*mixed, 0), std::string(k_float_format));
        double expected = 0;
        const double sum = 100.0 * layers * (layers + 1) / 2;
        for (int i = 0; i < layers; ++i)
            expected += cost_format(*mixed, i) == cost_format(*quantized, i)
                            ? 100.0 * (i + 1) * 1.5
                            : 300.0 * (i + 1) * 7000 / (3 * sum);
        QVERIFY(close(costs.predict(*mixed).ms, expected / 1000));

        // A format that was never measured is not guessed.
        plan = {};
        plan.layers[quantized->prepared->layers[0].name].set(Field::activation_format, "int16");
        const PlanCost odd = costs.predict(*resolved_small_cnn(plan));
        QVERIFY(odd.unknown > 0 && odd.measured + odd.unknown == layers);
    }
};

QTEST_GUILESS_MAIN(TestMeasuredCosts)
#include "test_measured_costs.moc"
