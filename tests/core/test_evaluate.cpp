// Accuracy, agreement, errors and latency of runners whose answers are known.
#include <QTemporaryDir>
#include <QtTest>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <thread>

#include "core/evaluate/evaluate.h"
#include "tests/support/sample_files.h"
#include "tests/support/small_models.h"

using namespace quantwright;
namespace qt = quantwright::testing;

class TestEvaluate : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::shared_ptr<const Model> m_model;
    std::shared_ptr<const InputReader> m_reader;  // ten samples; the first element says which one it is
    static constexpr int k_samples = 10, k_classes = 8;

    static std::filesystem::path path_of(const QTemporaryDir& folder) { return folder.path().toStdString(); }

    /// Gives scores by the sample's number.
    template <class Scores>
    static Runner scoring(Scores scores, Shape shape = {1, k_classes}) {
        return [scores, shape](const std::vector<Tensor>& inputs,
                               const CancelToken&) -> Result<std::vector<Tensor>> {
            return std::vector<Tensor>{
                make_tensor(shape, scores(static_cast<int>(inputs.front().floats().front())))};
        };
    }
    /// Largest for class (sample + shift) mod 8, then falling.
    static std::vector<float> ramp(int sample, int shift) {
        std::vector<float> scores;
        for (int i = 0; i < k_classes; ++i)
            scores.push_back(
                static_cast<float>(k_classes - (i - sample - shift + 4 * k_classes) % k_classes));
        return scores;
    }

private slots:
    void initTestCase() {
        m_model = qt::small_cnn();
        auto samples = qt::random_inputs(*m_model, k_samples);
        std::ofstream labels(path_of(m_folder) / "labels.txt");
        for (int i = 0; i < k_samples; ++i) {
            const auto floats = samples[static_cast<std::size_t>(i)].front().floats();
            std::vector<float> values(floats.begin(), floats.end());
            values[0] = static_cast<float>(i);
            samples[static_cast<std::size_t>(i)].front() = make_tensor(samples[0].front().shape, values);
            if (i < 8)  // the last two have no label
                labels << "s00" << i << ".npy " << i << "\n";
        }
        labels.close();
        qt::write_samples(path_of(m_folder), samples);
        ImageListOptions options;
        options.labels = path_of(m_folder) / "labels.txt";
        m_reader = qt::reader_of(path_of(m_folder), *m_model, options);
        QCOMPARE(m_reader->size(), std::int64_t(k_samples));
    }

    void top1_and_top5() {
        // Samples 0 … 3 are right, 4 and 5 among the first five, the others not.
        const auto model = scoring([](int i) { return ramp(i, i < 4 ? 0 : i < 6 ? -4 : -5); });
        const auto result = evaluate(model, {}, *m_reader);
        QVERIFY(result);
        QCOMPARE(result->images, std::int64_t(10));
        QCOMPARE(result->labelled, std::int64_t(8));
        QCOMPARE(*result->top1, 0.5);
        QCOMPARE(*result->top5, 0.75);
        QVERIFY(!result->agreement && !result->snr_db && !result->cosine && !result->mean_abs_error);
        QVERIFY(!result->reference_top1 && !result->reference_top5);
        QCOMPARE(result->per_image.size(), std::size_t(10));
        QCOMPARE(result->per_image[2].image, std::string("s002.npy"));
        QCOMPARE(result->per_image[2].top1, 2);
        QCOMPARE(*result->per_image[2].label, 2);
        QVERIFY(!result->per_image[9].label);
        QCOMPARE(result->per_image[9].top1, (9 - 5) % k_classes);
    }

    void against_a_reference() {
        const auto reference = scoring([](int i) { return ramp(i, 0); });
        const auto model = scoring([](int i) {
            auto scores = ramp(i, i == 3 ? 1 : 0);
            scores[0] += 0.25f;
            return scores;
        });
        const auto result = evaluate(model, reference, *m_reader);
        QVERIFY(result);
        QCOMPARE(*result->agreement, 0.9);
        QCOMPARE(*result->reference_top1, 1.0);
        QCOMPARE(*result->top1, 7.0 / 8);
        double signal = 0, noise = 0, abs = 0, cosines = 0;
        for (int i = 0; i < k_samples; ++i) {
            const auto f = ramp(i, 0);
            auto q = ramp(i, i == 3 ? 1 : 0);
            q[0] += 0.25f;
            double ff = 0, qq = 0, fq = 0, nn = 0;
            for (std::size_t k = 0; k < f.size(); ++k) {
                const double d = static_cast<double>(q[k]) - f[k];
                ff += static_cast<double>(f[k]) * f[k];
                qq += static_cast<double>(q[k]) * q[k];
                fq += static_cast<double>(f[k]) * q[k];
                nn += d * d;
                abs += std::fabs(d);
            }
            signal += ff;
            noise += nn;
            cosines += fq / std::sqrt(ff * qq);
            QVERIFY(std::fabs(*result->per_image[static_cast<std::size_t>(i)].snr_db -
                              10 * std::log10(ff / nn)) < 1e-9);
            QVERIFY(std::fabs(result->per_image[static_cast<std::size_t>(i)].cosine -
                              fq / std::sqrt(ff * qq)) < 1e-9);
        }
        QVERIFY(std::fabs(*result->snr_db - 10 * std::log10(signal / noise)) < 1e-9);
        QVERIFY(std::fabs(*result->cosine - cosines / k_samples) < 1e-9);
        QVERIFY(std::fabs(*result->mean_abs_error - abs / (k_samples * k_classes)) < 1e-9);
    }

    void the_same_model_has_no_noise() {
        const auto model = scoring([](int i) { return ramp(i, 0); });
        const auto result = evaluate(model, model, *m_reader);
        QVERIFY(result);
        QVERIFY(!result->snr_db);
        QCOMPARE(*result->mean_abs_error, 0.0);
        QCOMPARE(*result->agreement, 1.0);
        QVERIFY(std::fabs(*result->cosine - 1) < 1e-12);
    }

    void maps_are_no_scores() {
        const auto model = scoring([](int i) { return ramp(i, 0); }, {1, 2, 4});
        const auto result = evaluate(model, model, *m_reader);
        QVERIFY(result);
        QVERIFY(!result->top1 && !result->agreement);
        QCOMPARE(result->labelled, std::int64_t(0));
        QCOMPARE(result->per_image[0].top1, -1);
        const auto pooled =
            evaluate(scoring([](int i) { return ramp(i, 0); }, {1, k_classes, 1, 1}), {}, *m_reader);
        QCOMPARE(*pooled->top1, 1.0);
    }

    void nan_is_counted_and_hides_nothing() {
        const auto reference = scoring([](int i) { return ramp(i, 0); });
        const auto model = scoring([](int i) {
            auto scores = ramp(i, 0);
            scores[1] = i == 4 ? std::numeric_limits<float>::quiet_NaN() : scores[1] + 0.5f;
            return scores;
        });
        const auto result = evaluate(model, reference, *m_reader);
        QVERIFY(result);
        QCOMPARE(result->not_finite, std::int64_t(1));
        QVERIFY(!result->snr_db && !result->cosine && !result->mean_abs_error);
        QVERIFY(!result->per_image[4].snr_db);
        QVERIFY(result->per_image[5].snr_db);
        QCOMPARE(result->per_image[4].top1, -1);
        QCOMPARE(*result->agreement, 0.9);
        QCOMPARE(*result->top1, 7.0 / 8);
    }

    void different_outputs_are_an_error() {
        const auto reference = scoring([](int i) { return ramp(i, 0); });
        const auto model = scoring([](int) { return std::vector<float>(5, 1.0f); }, {1, 5});
        const auto result = evaluate(model, reference, *m_reader);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::runtime_failed);
    }

    void latency_is_of_the_runs_alone() {
        int runs = 0;
        const Runner slow = [&](const std::vector<Tensor>&,
                                const CancelToken&) -> Result<std::vector<Tensor>> {
            std::this_thread::sleep_for(std::chrono::milliseconds(runs++ < 2 ? 80 : 2 + runs));
            return std::vector<Tensor>{make_tensor({1, 2}, std::vector<float>{0, 1})};
        };
        EvaluateOptions options;
        options.warm_up = 2;
        const auto result = evaluate(slow, {}, *m_reader, options);
        QVERIFY(result);
        QCOMPARE(runs, 12);
        // Runs 3 to 12 sleep 5 to 14 ms.
        const Latency& l = result->latency;
        QVERIFY2(l.min_ms >= 5 && l.min_ms < 30, qPrintable(QString::number(l.min_ms)));
        QVERIFY(l.min_ms <= l.p50_ms && l.p50_ms <= l.p90_ms && l.p90_ms <= l.p99_ms);
        QVERIFY(l.p50_ms >= 9 && l.p90_ms >= 13 && l.p99_ms >= 14 && l.p99_ms < 80);
    }

    void unreadable_images_are_skipped() {
        QTemporaryDir folder;
        qt::write_samples(path_of(folder), qt::random_inputs(*m_model, 3));
        std::ofstream(path_of(folder) / "s001.npy", std::ios::trunc) << "rubbish";
        const auto session = Session::create(*m_model);
        QVERIFY(session);
        const auto result = evaluate(runner(**session), {}, *qt::reader_of(path_of(folder), *m_model));
        QVERIFY(result);
        QCOMPARE(result->images, std::int64_t(2));
        QCOMPARE(result->skipped.size(), std::size_t(1));
        QTemporaryDir rubbish;
        std::ofstream(path_of(rubbish) / "a.npy") << "rubbish";
        const auto none = evaluate(runner(**session), {}, *qt::reader_of(path_of(rubbish), *m_model));
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::images_none_left);
    }

    void cancels_and_passes_errors_on() {
        CancelToken token;
        const JobContext job(token, [&](const Progress& progress) {
            if (progress.done == 4)
                token.cancel();
        });
        const auto result = evaluate(scoring([](int i) { return ramp(i, 0); }), {}, *m_reader, {}, job);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::cancelled);
        const Runner broken = [](const std::vector<Tensor>&,
                                 const CancelToken&) -> Result<std::vector<Tensor>> {
            return fail(ErrorCode::runtime_failed, "m.onnx", "no");
        };
        const auto failed = evaluate(broken, {}, *m_reader);
        QVERIFY(!failed);
        QCOMPARE(failed.error().subject, std::string("m.onnx"));
    }

    void kernel_gap_of_a_float_model() {
        const auto session = Session::create(*m_model, {1, Optimizations::off, {}});
        QVERIFY(session);
        const auto gap = kernel_gap(*m_model, runner(**session), *m_reader, 1);
        QVERIFY2(gap, gap ? "" : gap.error().detail.c_str());
        QVERIFY(!gap->snr_db_off);  // the very same arithmetic
        QVERIFY(!gap->snr_db_default || *gap->snr_db_default > 90);
        QVERIFY(!gap->warning);  // a difference is no loss yet
    }
};

QTEST_GUILESS_MAIN(TestEvaluate)
#include "test_evaluate.moc"
