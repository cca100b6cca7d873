// The layers table's model over real snapshots of a small network.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QSortFilterProxyModel>
#include <QTest>
#include <algorithm>
#include <set>

#include "core/plan/edit.h"
#include "core/prepare/prepare.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"
#include "widgets/panels/layer_model.h"
#include "widgets/panels/outline_tree.h"
#include "widgets/panels/scene_builder.h"

using namespace quantwright;

class LayerModelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void obeysTheContract();
    void showsTheSnapshots();
    void showsEveryMode();
    void legendNamesWhatIsThere();
    void sortsNumbersAsNumbers();
    void outlineMakesScopes();

private:
    std::shared_ptr<const Prepared> m_prepared;
    std::shared_ptr<const Resolved> m_before, m_after;
    std::shared_ptr<const Sensitivity> m_sensitivity;
};

void LayerModelTest::initTestCase() {
    const auto model = testing::small_cnn();
    const auto prepared = prepare(model);
    QVERIFY(prepared);
    m_prepared = *prepared;
    Plan plan;
    m_before = *resolve(m_prepared, nullptr, plan);
    m_after = *resolve(m_prepared,
                       testing::reference_statistics(*m_prepared, testing::random_inputs(*model, 4)), plan);
    QVERIFY(m_after->quantized_layers() > 2);
    auto sensitivity = std::make_shared<Sensitivity>();
    int rank = 0;
    for (int layer = static_cast<int>(m_prepared->layers.size()) - 1; layer >= 0; --layer)
        if (m_after->layers[static_cast<std::size_t>(layer)].quantized()) {
            ++rank;
            LayerSensitivity one;
            one.layer = layer;
            one.snr_db_alone = 9.5 * rank;
            one.cosine_alone = 0.99;
            one.mse_alone = 0.1;
            one.rank = rank;
            sensitivity->layers.push_back(one);
        }
    m_sensitivity = sensitivity;
}

void LayerModelTest::obeysTheContract() {
    LayerModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSnapshots(m_prepared, m_before, nullptr);
    model.setSnapshots(m_prepared, m_after, nullptr);
    model.setSnapshots(m_prepared, m_after, m_sensitivity);
    model.retranslate();
    QSortFilterProxyModel proxy;
    proxy.setSortRole(LayerModel::SortRole);
    proxy.setSourceModel(&model);
    proxy.sort(LayerModel::Snr, Qt::DescendingOrder);
    QCOMPARE(proxy.rowCount(), static_cast<int>(m_prepared->layers.size()));
    model.setSnapshots(nullptr, nullptr, nullptr);
    QCOMPARE(model.rowCount(), 0);
}

void LayerModelTest::showsTheSnapshots() {
    LayerModel model;
    model.setSnapshots(m_prepared, m_before, nullptr);
    const auto text = [&](int row, LayerModel::Column column) {
        return model.index(row, column).data().toString();
    };
    QCOMPARE(text(0, LayerModel::Name), QString::fromStdString(m_prepared->layers[0].name));
    QCOMPARE(text(0, LayerModel::Precision), QStringLiteral("FP32"));
    QVERIFY(!text(0, LayerModel::Reason).isEmpty());
    QVERIFY(text(0, LayerModel::Snr).isEmpty());

    // Same rows: nobody loses the selection.
    QSignalSpy reset(&model, &LayerModel::modelReset), changed(&model, &LayerModel::dataChanged);
    model.setSnapshots(m_prepared, m_after, m_sensitivity);
    QCOMPARE(reset.count(), 0);
    QVERIFY(changed.count() > 0);
    QCOMPARE(text(0, LayerModel::Precision), QStringLiteral("UINT8"));
    QVERIFY(text(0, LayerModel::Reason).isEmpty());
    QCOMPARE(text(0, LayerModel::OutputShape), QStringLiteral("1×8×16×16"));
    const int worst = m_sensitivity->layers.front().layer;
    QCOMPARE(text(worst, LayerModel::Snr), QStringLiteral("9.5 dB"));
    QCOMPARE(text(worst, LayerModel::Rank), QStringLiteral("1"));
    QVERIFY(model.index(worst, LayerModel::Snr).data(Qt::DecorationRole).isValid());
}

void LayerModelTest::showsEveryMode() {
    const auto weighted = [&](const std::string& op) {
        for (std::size_t i = 0; i < m_prepared->layers.size(); ++i)
            if (m_prepared->layers[i].op == op && !m_prepared->layers[i].weight.empty())
                return static_cast<int>(i);
        return -1;
    };
    const int conv = weighted("Conv"), gemm = weighted("Gemm");
    QVERIFY(conv >= 0 && gemm >= 0);
    struct Expected {
        int layer;
        std::vector<std::pair<Field, const char*>> choices;
        const char *badge, *weights, *threshold;
    };
    const std::vector<Expected> cases{
        {gemm, {{Field::mode, "dynamic"}}, "DYN", "Per channel", "At run time"},
        {gemm, {{Field::mode, "weight-only"}}, "W8", "Per channel", ""},
        {gemm,
         {{Field::mode, "weight-only"},
          {Field::weight_format, "int4"},
          {Field::weight_granularity, "group"},
          {Field::weight_block_size, "16"}},
         "W4",
         "Blocks of 16",
         ""},
        {conv, {{Field::mode, "fp16"}}, "FP16", "", ""},
        {conv, {{Field::activation_format, "int16"}}, "INT16", "Per channel", "Min/max"},
        {conv, {{Field::weight_granularity, "group"}}, "UINT8", "Per group", "Min/max"},
        {conv, {{Field::threshold_method, "histogram"}}, "UINT8", "Per channel", "Histogram L2"},
        {conv, {{Field::mode, "float"}}, "FP32", "", ""},
    };
    for (const Expected& expected : cases) {
        Plan plan;
        for (const auto& [field, value] : expected.choices)
            QVERIFY(
                apply(plan, set_layers({m_prepared->layers[static_cast<std::size_t>(expected.layer)].name},
                                       field, value)));
        LayerModel model;
        model.setSnapshots(m_prepared, *resolve(m_prepared, m_after->statistics, plan), nullptr);
        const auto text = [&](LayerModel::Column column) {
            return model.index(expected.layer, column).data().toString();
        };
        QCOMPARE(text(LayerModel::Precision), QString::fromLatin1(expected.badge));
        QCOMPARE(text(LayerModel::Granularity), QString::fromLatin1(expected.weights));
        QCOMPARE(text(LayerModel::Threshold), QString::fromLatin1(expected.threshold));
        QCOMPARE(text(LayerModel::Reason).isEmpty(), std::string(expected.badge) != "FP32");
        const QString form =
            model.index(expected.layer, LayerModel::Precision).data(Qt::ToolTipRole).toString();
        QCOMPARE(form.isEmpty(), std::string(expected.badge) == "FP32");
    }
}

void LayerModelTest::legendNamesWhatIsThere() {
    Plan plan;
    const auto& layers = m_prepared->layers;
    const auto gemm =
        std::find_if(layers.begin(), layers.end(), [](const Layer& layer) { return layer.op == "Gemm"; });
    QVERIFY(apply(plan, set_layers({gemm->name}, Field::mode, "dynamic")));
    QVERIFY(apply(plan, set_layers({layers[0].name}, Field::mode, "fp16")));
    const auto resolved = *resolve(m_prepared, m_after->statistics, plan);
    const GraphScene scene = buildScene(*resolved, nullptr, ColourBy::precision);
    std::set<std::string> badges, legend;
    for (const SceneNode& node : scene.nodes)
        if (!node.badge.isEmpty())
            badges.insert(node.badge.toStdString());
    std::set<BadgeKind> kinds;
    for (const auto& entry : precisionLegend(scene)) {
        for (const QString& text : entry.text.split(QStringLiteral(", ")))
            legend.insert(text.section(QLatin1Char(' '), 0, 0).toStdString());
        QVERIFY(entry.kind != BadgeKind::Other && entry.kind != BadgeKind::None);
        QVERIFY(kinds.insert(entry.kind).second);
    }
    QVERIFY(badges.contains("DYN") && badges.contains("FP16") && badges.contains("UINT8"));
    QCOMPARE(legend, badges);
    // Where half precision meets integers values are converted: such edges are dashed.
    const auto crossing = std::find_if(scene.edges.begin(), scene.edges.end(),
                                       [](const SceneEdge& edge) { return edge.from == 0; });
    QVERIFY(crossing->crosses);
}

void LayerModelTest::sortsNumbersAsNumbers() {
    LayerModel model;
    model.setSnapshots(m_prepared, m_after, m_sensitivity);
    QSortFilterProxyModel proxy;
    proxy.setSortRole(LayerModel::SortRole);
    proxy.setSourceModel(&model);
    proxy.sort(LayerModel::Snr);
    // 9.5 dB before 19 dB before 104.5 dB, and layers without a figure last.
    double last = -1;
    for (int row = 0; row < static_cast<int>(m_sensitivity->layers.size()); ++row) {
        const double value =
            proxy.index(row, LayerModel::Snr).data().toString().section(QLatin1Char(' '), 0, 0).toDouble();
        QVERIFY(value > last);
        last = value;
    }
    proxy.sort(LayerModel::Parameters, Qt::DescendingOrder);
    for (int row = 1; row < proxy.rowCount(); ++row) {
        const auto parameters = [&](int at) {
            return m_prepared->layers[static_cast<std::size_t>(proxy.mapToSource(proxy.index(at, 0)).row())]
                .parameters;
        };
        QVERIFY(parameters(row - 1) >= parameters(row));
    }
}

void LayerModelTest::outlineMakesScopes() {
    const auto tree = outlineTree({QStringLiteral("/net/stem/Conv"), QStringLiteral("/net/block.0/dw/Conv"),
                                   QStringLiteral("/net/block.0/pw/Conv"), QStringLiteral("/net/Add")});
    // "net" holds everything and "stem" one thing: neither is worth a level.
    QCOMPARE(tree.size(), std::size_t(3));
    QCOMPARE(tree[0].text, QStringLiteral("stem/Conv"));
    QCOMPARE(tree[0].layer, 0);
    QCOMPARE(tree[1].text, QStringLiteral("block.0"));
    QCOMPARE(tree[1].layer, -1);
    QCOMPARE(tree[1].children.size(), std::size_t(2));
    QCOMPARE(tree[1].children[1].text, QStringLiteral("pw/Conv"));
    QCOMPARE(tree[1].children[1].layer, 2);
    QCOMPARE(tree[2].layer, 3);
    QVERIFY(outlineTree({}).empty());
}

QTEST_MAIN(LayerModelTest)
#include "test_layer_model.moc"
