// What deployments teach: the sample as int8 with the float model in turns on the stand-in, kept, read again,
// and predicted from.
#include <QTemporaryDir>
#include <QtTest>

#include "core/board/history.h"
#include "core/board/measured_costs.h"
#include "core/calibrate/calibrate.h"
#include "core/export/export_qdq.h"
#include "tests/board/board.h"
#include "tests/board/board_connection.h"

using namespace quantwright;
namespace qt = quantwright::testing;

namespace {

double plain_median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

bool close(double a, double b) {
    return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

}  // namespace

class TestDeployCosts : public QObject {
    Q_OBJECT

    qt::BoardFacts m_board;
    QTemporaryDir m_folder;
    std::shared_ptr<const Model> m_float;
    std::shared_ptr<const Prepared> m_prepared;
    std::shared_ptr<const Statistics> m_statistics;
    std::shared_ptr<const InputReader> m_reader;

    [[nodiscard]] std::shared_ptr<const Resolved> resolved(const Plan& plan) const {
        return *resolve(m_prepared, m_statistics, plan);
    }
    static Plan plan_for_the_board() {
        Plan plan;
        plan.target = "spacemit-k1";
        return plan;
    }
    /// int8 and float in turns, both profiled, two images layer by layer.
    [[nodiscard]] Result<BoardResult> deploy_once(const Resolved& from) const {
        ConnectOptions connecting;
        connecting.address.host = m_board["host"].toStdString();
        connecting.address.port = m_board["port"].toInt();
        connecting.address.user = m_board["user"].toStdString();
        connecting.identity = m_board["key"].toStdString();
        connecting.known_hosts = m_folder.filePath("known_hosts").toStdString();
        connecting.read_config = false;
        const auto connection = quantwright::connect(connecting, {}, {});
        if (!connection)
            return fail(connection);
        DeployRequest request;
        request.file = m_folder.filePath("int8.onnx").toStdString();
        if (const auto exported = export_qdq(from, request.file); !exported)
            return fail(exported);
        request.model = *Model::load(request.file);
        request.reference = m_float;
        request.reader = m_reader;
        request.other = QUANTWRIGHT_SAMPLE_DIR "/fashion-dscnn.onnx";
        DeployOptions options;
        options.benchmark.runs = 3;
        options.benchmark.warm_up = 0;
        options.max_images = 2;
        options.layer_images = 2;
        options.profile = true;
        return deploy(**connection, request, options);
    }

private slots:
    void initTestCase() {
        m_board = qt::board_facts();
        if (m_board.contains("reason"))
            QSKIP(qPrintable(m_board["reason"]));
        QFile known(m_folder.filePath("known_hosts"));
        QVERIFY(known.open(QIODevice::WriteOnly));
        known.write(m_board["known_hosts"].toUtf8() + '\n');
        known.close();
        const std::string sample = QUANTWRIGHT_SAMPLE_DIR;
        m_float = *Model::load(sample + "/fashion-dscnn.onnx");
        m_prepared = *prepare(m_float);
        InputSource source;
        source.input = m_float->inputs().front().name;
        source.shape = {1, 1, 28, 28};
        source.preprocess = *resolve_preprocess(sample + "/preprocess.json", source.shape);
        ImageListOptions list;
        list.count = 16;
        source.list = *list_images(sample + "/calibration", list);
        m_reader = *InputReader::create({source});
        const auto calibration = calibrate(*m_prepared, *m_reader);
        QVERIFY(calibration);
        m_statistics = calibration->statistics;
    }

    void what_was_measured_is_predicted() {
        const auto from = resolved(plan_for_the_board());
        QVERIFY(from->quantized_layers() > 10);
        const BoardHistory history(m_folder.filePath("history").toStdString());
        for (int time = 0; time < 2; ++time) {
            const auto result = deploy_once(*from);
            QVERIFY2(result, result ? "" : result.error().detail.c_str());
            // Both models' nodes belong to layers, and the float ones to those of the same names.
            QVERIFY(result->other_latency && !result->other_profile.empty());
            QVERIFY(result->speed_up && result->speed_up->ratio > 0 && !result->speed_up->certain());
            int both = 0, errors = 0;
            for (const BoardLayer& layer : result->layers) {
                both += layer.us && layer.other_us ? 1 : 0;
                if (!layer.snr_db_float || !layer.snr_db_float_host)
                    continue;
                ++errors;
                // On exact kernels the simulation is wrong where the board is, by as much.
                QVERIFY2(std::abs(*layer.snr_db_float - *layer.snr_db_float_host) < 3,
                         qPrintable(QString("%1: %2 %3")
                                        .arg(layer.layer.c_str())
                                        .arg(*layer.snr_db_float)
                                        .arg(*layer.snr_db_float_host)));
            }
            QVERIFY2(both > 10 && errors > 10, qPrintable(QString("%1 %2").arg(both).arg(errors)));
            const BoardRecord record = make_record(*from, *result, "stand-in", 0);
            QVERIFY(record.emulated && record.deployed.layers.size() == from->layers.size());
            QVERIFY(record.float_model && record.float_model->layers.size() == from->layers.size());
            QVERIFY(history.add(record));
        }

        const auto read = history.read("stand-in");
        QVERIFY(read && read->records.size() == 2);
        const MeasuredCosts costs(read->records);
        // By hand: the times of all layers of that shape and format, over both deployments.
        double total = 0, total_float = 0;
        for (int layer = 0; layer < static_cast<int>(from->layers.size()); ++layer) {
            const LayerShape shape = layer_shape(*m_prepared, layer);
            for (const bool as_float : {false, true}) {
                const std::string format = as_float ? k_float_format : cost_format(*from, layer);
                std::vector<double> us, latency_us;
                for (const BoardRecord& record : read->records)
                    for (const ModelMeasurement* model : {&record.deployed, &*record.float_model}) {
                        double sum = 0;
                        for (const LayerMeasurement& one : model->layers)
                            sum += one.us;
                        for (const LayerMeasurement& one : model->layers)
                            if (one.shape.key == shape.key && one.format == format) {
                                us.push_back(one.us);
                                latency_us.push_back(one.us * model->latency.p50_ms * 1000 / sum);
                            }
                    }
                const LayerCost cost = costs.predict(shape, format);
                QCOMPARE(cost.basis, LayerCost::Basis::measured);
                QVERIFY(close(cost.us, plain_median(us)));
                (as_float ? total_float : total) += plain_median(latency_us) / 1000;
            }
        }
        QVERIFY(total > 0 && close(costs.predict(*from).ms, total));
        Plan plan = plan_for_the_board();
        plan.defaults.set(Field::mode, "float");
        const PlanCost as_float = costs.predict(*resolved(plan));
        QVERIFY(close(as_float.ms, total_float));
        QCOMPARE(as_float.measured, static_cast<int>(from->layers.size()));
    }
};

QTEST_GUILESS_MAIN(TestDeployCosts)
#include "test_deploy_costs.moc"
