// Calibration against every activation fetched the slow way; threads, shards, bad images, files.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <limits>

#include "core/base/atomic_file.h"
#include "core/calibrate/calibrate.h"
#include "core/calibrate/threshold.h"
#include "core/number/kernels.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/sample_files.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using quantwright::testing::ModelBuilder;
namespace qt = quantwright::testing;

class TestCalibrate : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::shared_ptr<const Model> m_model;
    std::shared_ptr<const Prepared> m_prepared;
    std::vector<std::vector<Tensor>> m_samples;
    std::shared_ptr<const InputReader> m_reader;

    static std::filesystem::path path_of(const QTemporaryDir& folder) { return folder.path().toStdString(); }

    /// The samples with some element replaced, as files of a new folder.
    std::shared_ptr<const InputReader> reader_with(QTemporaryDir& folder,
                                                   const std::map<std::size_t, float>& replaced) {
        auto samples = m_samples;
        for (const auto& [index, value] : replaced) {
            const auto floats = samples[index].front().floats();
            std::vector<float> values(floats.begin(), floats.end());
            values[200] = value;
            samples[index].front() = make_tensor(samples[index].front().shape, values);
        }
        qt::write_samples(path_of(folder), samples);
        return qt::reader_of(path_of(folder), *m_model);
    }

    std::shared_ptr<const Statistics> calibrated(const CalibrateOptions& options = {}) {
        const auto result = calibrate(*m_prepared, *m_reader, options);
        return result ? result->statistics : nullptr;
    }

private slots:
    void initTestCase() {
        m_model = qt::small_cnn();
        const auto prepared = prepare(m_model);
        QVERIFY2(prepared, prepared ? "" : prepared.error().detail.c_str());
        m_prepared = *prepared;
        m_samples = qt::random_inputs(*m_model, 12);
        qt::write_samples(path_of(m_folder), m_samples);
        m_reader = qt::reader_of(path_of(m_folder), *m_model);
        QCOMPARE(m_reader->size(), std::int64_t(12));
    }

    void equals_fetching_every_activation() {
        const auto result = calibrate(*m_prepared, *m_reader);
        QVERIFY2(result, result ? "" : result.error().detail.c_str());
        QVERIFY(result->seconds > 0);
        QVERIFY(result->peak_memory_bytes > 1000000);
        const Statistics& statistics = *result->statistics;
        QCOMPARE(statistics.images, std::int64_t(12));
        QCOMPARE(statistics.model_sha256, m_model->sha256());
        QCOMPARE(statistics.source, m_folder.path().toStdString());
        QVERIFY(statistics.skipped.empty());

        const auto reference = qt::reference_statistics(*m_prepared, m_samples);
        for (const Layer& layer : m_prepared->layers)
            for (const auto* tensors : {&layer.inputs, &layer.outputs})
                for (const TensorId id : *tensors)
                    QVERIFY2(statistics.find(m_prepared->model->graph()[id].name),
                             m_prepared->model->graph()[id].name.c_str());
        QCOMPARE(statistics.tensors.front().name, std::string("input"));
        QCOMPARE(statistics.tensors.back().name, std::string("logits"));
        QVERIFY(!statistics.find("nothing"));
        for (const TensorStatistics& tensor : statistics.tensors) {
            const TensorStatistics* expected = reference->find(tensor.name);
            QVERIFY2(expected, tensor.name.c_str());
            // The runtime's kernels differ in the order of their sums, so values differ in the last bits.
            const double spread = expected->range.max - expected->range.min;
            QVERIFY(std::fabs(tensor.range.min - expected->range.min) <= 1e-5 * spread);
            QVERIFY(std::fabs(tensor.range.max - expected->range.max) <= 1e-5 * spread);
            QCOMPARE(tensor.count, expected->count);
            QCOMPARE(tensor.not_finite, std::int64_t(0));
            QCOMPARE(tensor.histogram.total(), tensor.count);
            QCOMPARE(tensor.histogram.exponent(), expected->histogram.exponent());
            std::int64_t moved = 0;
            for (std::size_t i = 0; i < tensor.histogram.counts().size(); ++i)
                moved += std::abs(static_cast<std::int64_t>(tensor.histogram.counts()[i]) -
                                  static_cast<std::int64_t>(expected->histogram.counts()[i]));
            QVERIFY2(moved <= tensor.count / 50,
                     qPrintable(QString("%1 of %2").arg(moved).arg(tensor.count)));
        }
    }

    void input_statistics_are_exact() {
        const auto statistics = calibrated();
        const TensorStatistics& input = *statistics->find("input");
        Histogram histogram;
        double sum = 0, squares = 0;
        std::vector<Range> channels(3, Range{1e9f, -1e9f});
        std::vector<std::pair<float, std::string>> largest;
        for (std::size_t i = 0; i < m_samples.size(); ++i) {
            const auto x = m_samples[i].front().floats();
            histogram.add(x);
            float most = 0;
            for (std::size_t j = 0; j < x.size(); ++j) {
                sum += x[j];
                squares += static_cast<double>(x[j]) * x[j];
                Range& range = channels[j / 256];
                range = {std::min(range.min, x[j]), std::max(range.max, x[j])};
                most = std::max(most, std::fabs(x[j]));
            }
            largest.emplace_back(-most, m_reader->file(static_cast<std::int64_t>(i)).relative);
        }
        const double n = 12 * 768, mean = sum / n;
        QVERIFY(input.histogram == histogram);
        QVERIFY(std::fabs(input.mean - mean) < 1e-12);
        QVERIFY(std::fabs(input.std - std::sqrt(squares / n - mean * mean)) < 1e-12);
        QCOMPARE(input.channel_axis, 1);
        QVERIFY(input.channels == channels);
        std::sort(largest.begin(), largest.end());
        QCOMPARE(input.worst_images.size(), std::size_t(6));
        for (std::size_t i = 0; i < 6; ++i) {
            QCOMPARE(input.worst_images[i].image, largest[i].second);
            QCOMPARE(input.worst_images[i].max_abs, -largest[i].first);
        }
    }

    void threads_change_nothing() {
        const std::string one = serialize(*calibrated({1, 1, 1}));
        for (const int threads : {0, 2, 3, 8, 50})
            QVERIFY(serialize(*calibrated({threads, 1, 1})) == one);
    }

    /// Threads finish in another order than the list's; one thread doesn't.
    void moving_averages_follow_the_list() {
        const auto statistics = calibrated({5, 1, 1});
        const TensorStatistics& input = *statistics->find("input");
        MovingRanges moving, moving_channels;
        for (const auto& sample : m_samples) {
            const auto x = sample.front().floats();
            const auto all = ranges_along(x, sample.front().shape, -1);
            const auto channels = ranges_along(x, sample.front().shape, 1);
            moving.add(all);
            moving_channels.add(channels);
        }
        QCOMPARE(input.moving.images, std::int64_t(12));
        QCOMPARE(input.moving, moving);
        QCOMPARE(input.moving_channels, moving_channels);
        for (const TensorStatistics& tensor : statistics->tensors) {
            QCOMPARE(tensor.moving.images, std::int64_t(12));
            QCOMPARE(tensor.moving_channels.average.size(), tensor.channels.size());
            QVERIFY(tensor.moving.average[0].min >= tensor.range.min &&
                    tensor.moving.average[0].max <= tensor.range.max);
        }
        const Range found = find_threshold(input, ThresholdMethod::moving_average, 0, Scheme{&format_int8()});
        QCOMPARE(found, moving.average[0]);
        QVERIFY(found.max < input.range.max);
    }

    void contiguous_stretches_compose() {
        std::vector<std::shared_ptr<const Statistics>> parts;
        for (const auto& [begin, end] : {std::pair{0, 5}, {5, 6}, {6, 12}}) {
            QTemporaryDir folder;
            qt::write_samples(path_of(folder), {m_samples.begin() + begin, m_samples.begin() + end});
            const auto part = calibrate(*m_prepared, *qt::reader_of(path_of(folder), *m_model));
            QVERIFY(part);
            parts.push_back(part->statistics);
        }
        const auto merged = merge(parts);
        const auto whole = calibrated();
        QVERIFY(merged);
        const auto near = [](const MovingRanges& a, const MovingRanges& b, Range range) {
            const double tolerance = 1e-6 * (static_cast<double>(range.max) - range.min);
            bool result = a.images == b.images && a.first == b.first && a.average.size() == b.average.size();
            for (std::size_t i = 0; result && i < a.average.size(); ++i)
                result = std::fabs(a.average[i].min - b.average[i].min) <= tolerance &&
                         std::fabs(a.average[i].max - b.average[i].max) <= tolerance;
            return result;
        };
        for (std::size_t i = 0; i < whole->tensors.size(); ++i) {
            const TensorStatistics &a = (*merged)->tensors[i], &b = whole->tensors[i];
            QVERIFY2(near(a.moving, b.moving, b.range), b.name.c_str());
            QVERIFY2(near(a.moving_channels, b.moving_channels, b.range), b.name.c_str());
        }
    }

    /// As merge() says: the average of the list in another order.
    void strided_shards_are_averaged_one_after_another() {
        const auto merged = merge({calibrated({2, 1, 2}), calibrated({2, 2, 2})});
        QVERIFY(merged);
        MovingRanges reordered;
        for (const std::size_t begin : {0, 1})
            for (std::size_t i = begin; i < m_samples.size(); i += 2)
                reordered.add(ranges_along(m_samples[i].front().floats(), m_samples[i].front().shape, -1));
        const TensorStatistics& input = *(*merged)->find("input");
        QCOMPARE(input.moving.images, std::int64_t(12));
        QVERIFY(std::fabs(input.moving.average[0].min - reordered.average[0].min) < 1e-6f);
        QVERIFY(std::fabs(input.moving.average[0].max - reordered.average[0].max) < 1e-6f);
        QVERIFY(input.moving.average[0] != calibrated()->find("input")->moving.average[0]);
    }

    void files_of_version_1_still_load() {
        const auto loaded = load_statistics(QUANTWRIGHT_TEST_DATA_DIR "/version1.qwstats");
        QVERIFY2(loaded, loaded ? "" : loaded.error().detail.c_str());
        const Statistics& old = **loaded;
        QCOMPARE(old.images, std::int64_t(2));
        QVERIFY(old.tensors.size() > 10);
        for (const TensorStatistics& tensor : old.tensors) {
            QVERIFY(tensor.count > 0 && tensor.histogram.total() == tensor.count);
            QCOMPARE(tensor.moving, MovingRanges());
            QCOMPARE(tensor.moving_channels, MovingRanges());
            QVERIFY(!can_find(tensor, ThresholdMethod::moving_average));
            QVERIFY(can_find(tensor, ThresholdMethod::histogram));
            QCOMPARE(find_threshold(tensor, ThresholdMethod::moving_average, 0, Scheme{&format_int8()}),
                     tensor.range);
            if (tensor.channel_axis >= 0)
                QVERIFY(find_channel_thresholds(tensor, ThresholdMethod::moving_average).empty() &&
                        find_channel_thresholds(tensor, ThresholdMethod::minmax) == tensor.channels);
        }
        // Written again it is of today's version and still has no averages.
        const std::string now = serialize(old);
        const auto again = deserialize_statistics(now, "s");
        QVERIFY(again);
        QCOMPARE((*again)->tensors[1].histogram.total(), old.tensors[1].histogram.total());
        QVERIFY(!can_find((*again)->tensors[0], ThresholdMethod::moving_average));
        QCOMPARE(serialize(**again), now);
    }

    void merging_with_an_old_file_forgets_the_averages() {
        const auto known = calibrated();
        auto old = std::make_shared<Statistics>(*known);
        for (TensorStatistics& tensor : old->tensors)
            tensor.moving = tensor.moving_channels = {};
        auto empty = std::make_shared<Statistics>(*known);
        for (TensorStatistics& tensor : empty->tensors) {
            TensorStatistics nothing;
            nothing.name = tensor.name;
            tensor = nothing;
        }
        for (const auto& parts : {std::vector{known, std::shared_ptr<const Statistics>(old)}, {old, known}}) {
            const auto merged = merge(parts);
            QVERIFY(merged);
            for (const TensorStatistics& tensor : (*merged)->tensors) {
                QCOMPARE(tensor.moving, MovingRanges());
                QCOMPARE(tensor.moving_channels, MovingRanges());
            }
        }
        for (const auto& parts :
             {std::vector{known, std::shared_ptr<const Statistics>(empty)}, {empty, known}}) {
            const auto merged = merge(parts);
            QVERIFY(merged);
            for (std::size_t i = 0; i < known->tensors.size(); ++i) {
                QCOMPARE((*merged)->tensors[i].moving, known->tensors[i].moving);
                QCOMPARE((*merged)->tensors[i].moving_channels, known->tensors[i].moving_channels);
            }
        }
    }

    void shards_together_are_the_whole() {
        const auto whole = calibrated();
        std::vector<std::shared_ptr<const Statistics>> parts;
        for (int shard = 1; shard <= 5; ++shard)
            parts.push_back(calibrated({2, shard, 5}));
        QCOMPARE(parts[0]->images, std::int64_t(3));
        QCOMPARE(parts[4]->images, std::int64_t(2));
        const auto merged = merge(parts);
        QVERIFY(merged);
        QCOMPARE((*merged)->images, whole->images);
        for (std::size_t i = 0; i < whole->tensors.size(); ++i) {
            const TensorStatistics &a = (*merged)->tensors[i], &b = whole->tensors[i];
            QCOMPARE(a.name, b.name);
            QCOMPARE(a.range, b.range);
            QCOMPARE(a.count, b.count);
            QVERIFY(a.histogram == b.histogram);
            QVERIFY(a.channels == b.channels);
            QCOMPARE(a.channel_axis, b.channel_axis);
            QVERIFY(std::fabs(a.mean - b.mean) <= 1e-9 * (1 + std::fabs(b.mean)));
            QVERIFY(std::fabs(a.std - b.std) <= 1e-9 * (1 + b.std));
            for (std::size_t k = 0; k < b.worst_images.size(); ++k)
                QCOMPARE(a.worst_images.at(k).image, b.worst_images[k].image);
        }
        const auto nothing = calibrate(*m_prepared, *m_reader, {1, 20, 20});
        QVERIFY(!nothing);
        QCOMPARE(nothing.error().code, ErrorCode::images_none_left);
    }

    void statistics_of_other_models_do_not_merge() {
        auto other = std::make_shared<Statistics>(*calibrated());
        other->model_sha256 = "another";
        const auto merged = merge({calibrated(), other});
        QVERIFY(!merged);
        QCOMPARE(merged.error().code, ErrorCode::stats_other_model);
        QVERIFY(!merge({}));
    }

    void unreadable_images_are_skipped_in_order() {
        QTemporaryDir folder;
        qt::write_samples(path_of(folder), m_samples);
        for (const char* name : {"s001.npy", "s007.npy", "s010.npy"})
            std::ofstream(path_of(folder) / name, std::ios::trunc) << (name[3] == '7' ? "" : "rubbish");
        const auto reader = qt::reader_of(path_of(folder), *m_model);
        const auto result = calibrate(*m_prepared, *reader, {3, 1, 1});
        QVERIFY(result);
        const auto& skipped = result->statistics->skipped;
        QCOMPARE(skipped.size(), std::size_t(3));
        for (std::size_t i = 0; i < 3; ++i) {
            QVERIFY(QString::fromStdString(skipped[i].path)
                        .endsWith(QStringList{"s001.npy", "s007.npy", "s010.npy"}[static_cast<int>(i)]));
            QCOMPARE(skipped[i].code, ErrorCode::images_unreadable);
        }
        QCOMPARE(result->statistics->images, std::int64_t(9));
    }

    void no_image_left() {
        QTemporaryDir folder;
        std::ofstream(path_of(folder) / "a.npy") << "rubbish";
        const auto result = calibrate(*m_prepared, *qt::reader_of(path_of(folder), *m_model));
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::images_none_left);
        QCOMPARE(result.error().subject, folder.path().toStdString());
    }

    void the_first_nan_is_named() {
        QTemporaryDir folder;
        const auto reader = reader_with(folder, {{9, std::numeric_limits<float>::infinity()},
                                                 {5, std::numeric_limits<float>::quiet_NaN()}});
        for (const int threads : {1, 4}) {
            const auto result = calibrate(*m_prepared, *reader, {threads, 1, 1});
            QVERIFY(!result);
            QCOMPARE(result.error().code, ErrorCode::activation_not_finite);
            QCOMPARE(result.error().subject, std::string("input (s005.npy)"));
        }
    }

    void infinity_inside_is_named() {
        ModelBuilder b;
        b.input("x", {1, 1, 4, 4}).output("z").weight("big", {1}, std::vector<float>{3e38f});
        b.node("Mul", "mul", {"x", "big"}, {"y"});
        b.node("Relu", "relu", {"y"}, {"z"});
        const auto model = b.build();
        const auto prepared = prepare(model);
        QVERIFY(prepared);
        QTemporaryDir folder;
        qt::write_npy(path_of(folder) / "a.npy", make_tensor({1, 1, 4, 4}, std::vector<float>(16, 0.5f)));
        qt::write_npy(path_of(folder) / "b.npy", make_tensor({1, 1, 4, 4}, std::vector<float>(16, 2.0f)));
        const auto result = calibrate(**prepared, *qt::reader_of(path_of(folder), *model));
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::activation_not_finite);
        QVERIFY2(result.error().subject == "y (b.npy)" || result.error().subject == "z (b.npy)",
                 result.error().subject.c_str());
    }

    void cancels() {
        const CancelToken token;
        std::int64_t reached = 0;
        const JobContext job(token, [&](const Progress& progress) {
            reached = progress.done;
            if (progress.done == 3)
                CancelToken(token).cancel();
        });
        const auto result = calibrate(*m_prepared, *m_reader, {2, 1, 1}, job);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::cancelled);
        QCOMPARE(reached, std::int64_t(3));
    }

    void progress_is_each_image() {
        std::vector<std::int64_t> done;
        const JobContext job({}, [&](const Progress& progress) {
            QCOMPARE(progress.stage, Stage::calibrate);
            QCOMPARE(progress.total, std::int64_t(12));
            done.push_back(progress.done);
        });
        QVERIFY(calibrate(*m_prepared, *m_reader, {4, 1, 1}, job));
        QCOMPARE(done.size(), std::size_t(13));
        QVERIFY(std::is_sorted(done.begin(), done.end()));
    }

    void every_input_needs_a_source() {
        ModelBuilder b;
        b.input("x", {1, 4}).input("second", {1, 4}).output("z");
        b.node("Add", "add", {"x", "second"}, {"z"});
        const auto model = b.build();
        const auto prepared = prepare(model);
        QVERIFY(prepared);
        QTemporaryDir folder;
        qt::write_npy(path_of(folder) / "a.npy", make_tensor({1, 4}, std::vector<float>(4, 1.0f)));
        const auto result = calibrate(**prepared, *qt::reader_of(path_of(folder), *model));
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::model_no_quantizable_input);
        QCOMPARE(result.error().subject, std::string("second"));
    }

    void survives_a_file() {
        auto statistics = std::make_shared<Statistics>(*calibrated());
        statistics->skipped = {{"a b/ü.png", ErrorCode::images_too_large}};
        statistics->tensors[1].range.min = -0.1f;
        statistics->tensors[1].mean = 0.1 + 0.2;
        const auto path = path_of(m_folder) / "x.qwstats";
        QVERIFY(save_statistics(*statistics, path));
        const auto loaded = load_statistics(path);
        QVERIFY2(loaded, loaded ? "" : loaded.error().detail.c_str());
        const Statistics& back = **loaded;
        QCOMPARE(back.model_sha256, statistics->model_sha256);
        QCOMPARE(back.source, statistics->source);
        QCOMPARE(back.images, statistics->images);
        QCOMPARE(back.preprocess, statistics->preprocess);
        QCOMPARE(back.skipped.at(0).path, std::string("a b/ü.png"));
        QCOMPARE(back.skipped.at(0).code, ErrorCode::images_too_large);
        QCOMPARE(back.tensors.size(), statistics->tensors.size());
        for (std::size_t i = 0; i < back.tensors.size(); ++i) {
            const TensorStatistics &a = back.tensors[i], &b = statistics->tensors[i];
            QCOMPARE(a.name, b.name);
            QCOMPARE(a.range, b.range);
            QCOMPARE(a.mean, b.mean);
            QCOMPARE(a.std, b.std);
            QCOMPARE(a.count, b.count);
            QCOMPARE(a.channel_axis, b.channel_axis);
            QVERIFY(a.channels == b.channels);
            QCOMPARE(a.moving, b.moving);
            QCOMPARE(a.moving_channels, b.moving_channels);
            QVERIFY(a.histogram == b.histogram);
            QCOMPARE(a.worst_images.size(), b.worst_images.size());
            QCOMPARE(a.worst_images[2].image, b.worst_images[2].image);
            QCOMPARE(a.worst_images[2].max_abs, b.worst_images[2].max_abs);
        }
        QCOMPARE(serialize(back), serialize(*statistics));
        QVERIFY(std::filesystem::remove(path));
        const auto missing = load_statistics(path);
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::stats_invalid);
    }

    void broken_files_are_refused() {
        const std::string good = serialize(*calibrated());
        QVERIFY(deserialize_statistics(good, "s"));
        for (std::size_t length = 0; length < good.size(); length += length < 40 ? 1 : 97)
            QVERIFY(!deserialize_statistics(good.substr(0, length), "s"));
        QVERIFY(!deserialize_statistics(good + "x", "s"));
        for (const int byte : {8, 11, 12, 15}) {  // the header's length
            std::string lie = good;
            lie[static_cast<std::size_t>(byte)] = '\x7f';
            const auto result = deserialize_statistics(lie, "s");
            QVERIFY(!result);
            QCOMPARE(result.error().code, ErrorCode::stats_invalid);
            QCOMPARE(result.error().subject, std::string("s"));
        }
        std::mt19937 random(1);
        for (int i = 0; i < 2000; ++i) {  // any answer but a crash
            std::string damaged = good;
            damaged[random() % damaged.size()] = static_cast<char>(random());
            const auto result = deserialize_statistics(damaged, "s");
            QVERIFY(result || result.error().code == ErrorCode::stats_invalid);
        }
    }

    void lies_in_the_header_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::newRow("version") << R"("quantwright_statistics":2)"
                                 << R"("quantwright_statistics":3)";
        QTest::newRow("an older version") << R"("quantwright_statistics":2)"
                                          << R"("quantwright_statistics":1)";
        QTest::newRow("no averages") << R"("moving_images":12)"
                                     << R"("moving_images":0)";
        QTest::newRow("averages of less than none") << R"("moving_images":12)"
                                                    << R"("moving_images":-2)";
        QTest::newRow("averages of too many") << R"("moving_images":12)"
                                              << R"("moving_images":99999999)";
        QTest::newRow("no channels' averages") << R"("moving_channels":true)"
                                               << R"("moving_channels":false)";
        QTest::newRow("averages as text") << R"("moving_channels":true)"
                                          << R"("moving_channels":1)";
        QTest::newRow("unknown key") << R"("images":)"
                                     << R"("imagos":)";
        QTest::newRow("channels") << R"("channels":3)"
                                  << R"("channels":4000000000)";
        QTest::newRow("channels of nothing") << R"("channel_axis":1,"channels":3)"
                                             << R"("channel_axis":-1,"channels":3)";
        QTest::newRow("bins") << R"("bins":)"
                              << R"("bins":9)";
        QTest::newRow("first bin") << R"("first_bin":)"
                                   << R"("first_bin":-)";
        QTest::newRow("exponent") << R"("exponent":-)"
                                  << R"("exponent":-9)";
        QTest::newRow("count") << R"("count":)"
                               << R"("count":1)";
        QTest::newRow("text") << R"("images":)"
                              << R"("images":"x","source2":)";
    }
    void lies_in_the_header() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        std::string bytes = serialize(*calibrated());
        const auto at = bytes.find(from.toStdString());
        QVERIFY(at != std::string::npos);
        bytes.replace(at, from.toStdString().size(), to.toStdString());
        std::uint64_t length = 0;
        std::memcpy(&length, bytes.data() + 8, 8);
        length += static_cast<std::uint64_t>(to.size()) - static_cast<std::uint64_t>(from.size());
        std::memcpy(bytes.data() + 8, &length, 8);
        const auto result = deserialize_statistics(bytes, "s");
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::stats_invalid);
    }
};

QTEST_GUILESS_MAIN(TestCalibrate)
#include "test_calibrate.moc"
