// A thousand edits, undos and redos on one meter: the same plan always has the same quality, and it is that
// of a meter that never saw another plan.
#include <QTemporaryDir>
#include <QtTest>

#include <map>
#include <random>

#include "core/analyze/quality_meter.h"
#include "core/plan/edit.h"
#include "tests/support/prepared_models.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/sample_files.h"

using namespace quantwright;

namespace {

constexpr int k_steps = 1000, k_images = 3;

struct Figures {
    std::optional<double> snr_db, figure;
    std::optional<std::int64_t> bytes;
    bool operator==(const Figures&) const = default;
};

}  // namespace

class TestEditReplay : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::shared_ptr<const Prepared> m_prepared;
    std::shared_ptr<const Statistics> m_statistics;
    std::shared_ptr<const InputReader> m_reader;

    [[nodiscard]] std::shared_ptr<QualityMeter> meter() const {
        QualityOptions options{k_images, 2};
        options.judge = JudgeRequest{m_reader, {}, {}, {}};
        return *QualityMeter::create(m_prepared, *m_reader, {}, options);
    }

    [[nodiscard]] Figures measure(QualityMeter& meter, const Plan& plan) const {
        const auto resolved = resolve(m_prepared, m_statistics, plan);
        if (!resolved)
            return {};
        const auto quality = meter.measure(*resolved, {}, {});
        if (!quality)
            return {};
        return {quality->snr_db, quality->figure ? std::optional(quality->figure->value) : std::nullopt,
                meter.file_bytes(*resolved)};
    }

    Edit random_edit(std::mt19937& random) const {
        const auto& layers = m_prepared->layers;
        std::vector<std::string> names;
        for (std::size_t i = 0; i < 1 + random() % 3; ++i)
            names.push_back(layers[random() % layers.size()].name);
        const auto one_of = [&](std::initializer_list<const char*> values) {
            return std::string(values.begin()[random() % values.size()]);
        };
        switch (random() % 6) {
            case 0:
                return set_layers(names, Field::mode, one_of({"float", "static", "weight-only", "fp16"}));
            case 1:
                return set_layers(names, Field::threshold_method, one_of({"minmax", "mse", "percentile"}));
            case 2:
                return set_layers(names, Field::weight_granularity, one_of({"tensor", "channel"}));
            case 3:
                return set_layers(names, Field::activation_format, one_of({"uint8", "int8", "uint16"}));
            case 4:
                return set_layers(names, Field::mode, std::nullopt);
            default: {
                const Layer& layer = layers[random() % layers.size()];
                const std::string& tensor = m_prepared->model->graph()[layer.outputs.front()].name;
                const float end = 1.0f + static_cast<float>(random() % 40) / 10;
                return set_clip(tensor,
                                random() % 4 ? std::optional(Range{-end / 2, end}) : std::optional<Range>());
            }
        }
    }

private slots:
    void initTestCase() {
        const auto model = testing::small_cnn(5);
        m_prepared = testing::prepared(model);
        const auto samples = testing::random_inputs(*model, k_images);
        testing::write_samples(m_folder.path().toStdString(), samples);
        m_reader = testing::reader_of(m_folder.path().toStdString(), *model);
        m_statistics = testing::reference_statistics(*m_prepared, samples);
    }

    void a_plan_has_one_quality() {
        std::mt19937 random(1);
        const auto live = meter();
        Plan plan;
        std::vector<Edit> undo, redo;  // each takes the plan one step back or forth
        std::map<std::string, Figures> known;
        int undone = 0, redone = 0, compared = 0;
        for (int step = 0; step < k_steps; ++step) {
            const unsigned kind = random() % 10;
            if (kind < 3 && !undo.empty()) {
                redo.push_back(*apply(plan, undo.back()));
                undo.pop_back();
                ++undone;
            } else if (kind < 5 && !redo.empty()) {
                undo.push_back(*apply(plan, redo.back()));
                redo.pop_back();
                ++redone;
            } else {
                const auto inverse = apply(plan, random_edit(random));
                QVERIFY(inverse);
                undo.push_back(*inverse);
                redo.clear();
            }
            const Figures now = measure(*live, plan);
            const auto [before, first] = known.emplace(to_text(to_json(plan)), now);
            QVERIFY2(before->second == now, qPrintable(QString("step %1").arg(step)));
            if (first && step % 5 == 0) {
                QVERIFY2(measure(*meter(), plan) == now, qPrintable(QString("step %1, anew").arg(step)));
                ++compared;
            }
        }
        qInfo("%d undos, %d redos, %d plans, %d measured anew", undone, redone, int(known.size()), compared);
        QVERIFY(undone > 100 && redone > 30 && known.size() > 200 && compared > 50);
        // All of it taken back is the plan that it began with.
        while (!undo.empty()) {
            QVERIFY(apply(plan, undo.back()));
            undo.pop_back();
        }
        QVERIFY(plan == Plan());
        QVERIFY(measure(*live, plan) == measure(*meter(), Plan()));
    }
};

QTEST_GUILESS_MAIN(TestEditReplay)
#include "test_edit_replay.moc"
