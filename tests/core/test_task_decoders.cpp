// Each decoder of boxes on a network of its kind, built here and run by ONNX Runtime: recognised by itself,
// and its boxes equal to a plain reference in double precision, written out beside it.
#include <QtTest>
#include <cmath>
#include <random>

#include "tests/core/task_networks.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

constexpr std::array strides = {8, 16, 32};

double logistic(double x) {
    return 1 / (1 + std::exp(-x));
}

/// x0, y0, x1, y1 of the input's pixels, and a score for each class.
struct Place {
    double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    std::vector<double> scores;
};
Place centred(double x, double y, double width, double height, std::vector<double> scores) {
    return {x - width / 2, y - height / 2, x + width / 2, y + height / 2, std::move(scores)};
}

struct Wanted {
    double x0, y0, x1, y1, score;
    int category;
};

/// The plain way: everything above the least score, best first; greedy suppression; the letterbox undone.
std::vector<Wanted> plain(const std::vector<Place>& places, const TaskOptions& options,
                          const Geometry& geometry) {
    std::vector<Wanted> all;
    for (const Place& place : places)
        for (std::size_t c = 0; c < place.scores.size(); ++c) {
            const bool best = *std::max_element(place.scores.begin(), place.scores.end()) == place.scores[c];
            if (place.scores[c] >= options.min_score && (best || options.multi_label))
                all.push_back({place.x0, place.y0, place.x1, place.y1, place.scores[c], static_cast<int>(c)});
        }
    std::stable_sort(all.begin(), all.end(),
                     [](const Wanted& a, const Wanted& b) { return a.score > b.score; });
    std::vector<Wanted> kept;
    for (const Wanted& one : all) {
        bool covered = false;
        for (const Wanted& other : kept) {
            const double w = std::min(one.x1, other.x1) - std::max(one.x0, other.x0);
            const double h = std::min(one.y1, other.y1) - std::max(one.y0, other.y0);
            const double both = w > 0 && h > 0 ? w * h : 0;
            const double either =
                (one.x1 - one.x0) * (one.y1 - one.y0) + (other.x1 - other.x0) * (other.y1 - other.y0) - both;
            covered = covered ||
                      (options.suppress && one.category == other.category && both > options.iou * either);
        }
        if (!covered && kept.size() < static_cast<std::size_t>(options.max_detections))
            kept.push_back(one);
    }
    for (Wanted& one : kept) {
        const auto x = [&](double v) {
            return std::clamp((v - geometry.shift_x) / geometry.scale_x, 0.0, double(geometry.image.width));
        };
        const auto y = [&](double v) {
            return std::clamp((v - geometry.shift_y) / geometry.scale_y, 0.0, double(geometry.image.height));
        };
        one = {x(one.x0), y(one.y0), x(one.x1), y(one.y1), one.score, one.category};
    }
    return kept;
}

void compare(const Prediction& prediction, const std::vector<Wanted>& wanted, double tolerance = 1e-9) {
    const auto& found = std::get<Detections>(prediction);
    QVERIFY(wanted.size() > 3);  // else nothing was tested
    QCOMPARE(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Box& box = found[i].box;
        QCOMPARE(found[i].category, wanted[i].category);
        const double worst = std::max({std::abs(box.x - wanted[i].x0), std::abs(box.y - wanted[i].y0),
                                       std::abs(box.x + box.width - wanted[i].x1),
                                       std::abs(box.y + box.height - wanted[i].y1)});
        QVERIFY2(worst <= tolerance * 100, qPrintable(QString::number(worst)));
        QVERIFY(std::abs(found[i].score - wanted[i].score) <= tolerance);
    }
}

/// A feature map for each stride: "p8", "p16", "p32" with `channels` each.
ModelBuilder pyramid(int channels, unsigned seed = 1) {
    ModelBuilder b(17, seed);
    b.input("images", {1, 3, side, side});
    for (const int stride : strides)
        b.conv("conv" + std::to_string(stride), "images", "p" + std::to_string(stride), 3, channels, 3, 1,
               stride);
    return b;
}

void concat(ModelBuilder& b, std::vector<std::string> from, const std::string& to, std::int64_t axis) {
    set_attribute(b.node("Concat", to, std::move(from), {to}), "axis", axis);
}

void slice(ModelBuilder& b, const std::string& from, const std::string& to, std::int64_t axis,
           std::int64_t begin, std::int64_t end) {
    b.weight(to + ".begin", {1}, std::vector<std::int64_t>{begin});
    b.weight(to + ".end", {1}, std::vector<std::int64_t>{end});
    b.weight(to + ".axis", {1}, std::vector<std::int64_t>{axis});
    b.node("Slice", to, {from, to + ".begin", to + ".end", to + ".axis"}, {to});
}

/// Calls take(stride, cells in a row, cell, x, y) for each cell of the pyramid.
template <class Take>
void each_cell(const Take& take) {
    for (const int stride : strides) {
        const int row = side / stride;
        for (int cell = 0; cell < row * row; ++cell)
            take(stride, row, cell, cell % row, cell / row);
    }
}
constexpr int all_cells = 64 + 16 + 4;

/// YOLOv8's head without decoding, from "p8", "p16", "p32": 64 numbers of distributions, then class scores.
std::vector<Place> distribution_places(const Run& r, int classes) {
    std::vector<Place> places;
    each_cell([&](int stride, int row, int cell, int x, int y) {
        const auto map = r.of("p" + std::to_string(stride));
        const auto at = [&](int channel) {
            return static_cast<double>(map[static_cast<std::size_t>(channel * row * row + cell)]);
        };
        std::array<double, 4> distance{};
        for (int i = 0; i < 4; ++i) {
            double sum = 0;
            for (int bin = 0; bin < 16; ++bin) {
                sum += std::exp(at(i * 16 + bin));
                distance[static_cast<std::size_t>(i)] += bin * std::exp(at(i * 16 + bin));
            }
            distance[static_cast<std::size_t>(i)] /= sum;
        }
        Place place{(x + 0.5 - distance[0]) * stride,
                    (y + 0.5 - distance[1]) * stride,
                    (x + 0.5 + distance[2]) * stride,
                    (y + 0.5 + distance[3]) * stride,
                    {}};
        for (int c = 0; c < classes; ++c)
            place.scores.push_back(logistic(at(64 + c)));
        places.push_back(std::move(place));
    });
    return places;
}

}  // namespace

class TestTaskDecoders : public QObject {
    Q_OBJECT

private slots:
    void yolov8_without_decoding_data();
    void yolov8_without_decoding();
    void yolov8_with_decoding();
    void yolov5_without_decoding_data();
    void yolov5_without_decoding();
    void yolov5_with_decoding();
    void yolov3_formula();
    void yolox();
    void retinaface();
    void ssd();
    void centernet();
    void centerface();
    void non_max_suppression();
    void efficient_nms();
    void end_to_end();
    void boxes_and_scores();
};

void TestTaskDecoders::yolov8_without_decoding_data() {
    QTest::addColumn<QString>("form");
    for (const char* form : {"levels", "split", "joined"})
        QTest::newRow(form) << form;
}

void TestTaskDecoders::yolov8_without_decoding() {
    QFETCH(QString, form);
    constexpr int classes = 3;
    ModelBuilder b = pyramid(64 + classes);
    named(b, "names", "{0: 'cat', 1: 'dog', 2: \"bird's nest\"}");
    std::vector<std::string> flat;
    for (const int stride : strides) {
        const std::string map = "p" + std::to_string(stride);
        b.output(map);
        slice(b, map, map + "box", 1, 0, 64);
        slice(b, map, map + "cls", 1, 64, 64 + classes);
        reshape(b, map, map + "flat", {1, 64 + classes, -1});
        flat.push_back(map + "flat");
    }
    concat(b, flat, "joined", 2);
    for (const int stride : strides)
        b.output("p" + std::to_string(stride) + "box").output("p" + std::to_string(stride) + "cls");
    b.output("joined");
    Run r = run(b);
    const auto places = distribution_places(r, classes);
    std::erase_if(r.facts.outputs, [&](const NamedOutput& output) {
        const bool split = output.name.ends_with("box") || output.name.ends_with("cls");
        return form == "joined"  ? output.name != "joined"
               : form == "split" ? !split
                                 : split || output.name == "joined";
    });
    const Task task = r.task();
    QCOMPARE(task.decoder, std::string("yolov8-raw"));
    QCOMPARE(task.options.names.size(), std::size_t(3));
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY2(found.has_value(), found ? "" : found.error().detail.c_str());
    compare(*found, plain(places, task.options, r.geometry));
}

/// Decoding in the graph, as Ultralytics exports it.
void TestTaskDecoders::yolov8_with_decoding() {
    constexpr int classes = 3;
    ModelBuilder b = pyramid(64 + classes);
    std::vector<std::string> flat;
    std::vector<float> anchors_x, anchors_y, stride_of;
    for (const int stride : strides) {
        const std::string map = "p" + std::to_string(stride);
        b.output(map);
        reshape(b, map, map + "flat", {1, 64 + classes, -1});
        flat.push_back(map + "flat");
    }
    each_cell([&](int stride, int, int, int x, int y) {
        anchors_x.push_back(static_cast<float>(x) + 0.5f);
        anchors_y.push_back(static_cast<float>(y) + 0.5f);
        stride_of.push_back(static_cast<float>(stride));
    });
    std::vector<float> anchors = anchors_x;
    anchors.insert(anchors.end(), anchors_y.begin(), anchors_y.end());
    std::vector<float> bins(16);
    for (std::size_t i = 0; i < bins.size(); ++i)
        bins[i] = static_cast<float>(i);
    concat(b, flat, "all", 2);
    slice(b, "all", "sides", 1, 0, 64);
    slice(b, "all", "logits", 1, 64, 64 + classes);
    reshape(b, "sides", "by_bin", {1, 4, 16, all_cells});
    transpose(b, "by_bin", "bins_first", {0, 2, 1, 3});
    set_attribute(b.node("Softmax", "softmax", {"bins_first"}, {"weights"}), "axis", std::int64_t{1});
    b.weight("bins", {1, 16, 1, 1}, bins);
    b.node("Conv", "dfl", {"weights", "bins"}, {"distances4"});
    reshape(b, "distances4", "distances", {1, 4, all_cells});
    slice(b, "distances", "lt", 1, 0, 2);
    slice(b, "distances", "rb", 1, 2, 4);
    b.weight("anchors", {1, 2, all_cells}, anchors).weight("strides", {1, all_cells}, stride_of);
    b.weight("two", {1}, std::vector<float>{2});
    b.node("Sub", "x0y0", {"anchors", "lt"}, {"first"});
    b.node("Add", "x1y1", {"anchors", "rb"}, {"last"});
    b.node("Add", "sum", {"first", "last"}, {"twice"});
    b.node("Div", "half", {"twice", "two"}, {"centre"});
    b.node("Sub", "size", {"last", "first"}, {"extent"});
    concat(b, {"centre", "extent"}, "cells", 1);
    b.node("Mul", "scaled", {"cells", "strides"}, {"boxes"});
    b.node("Sigmoid", "sigmoid", {"logits"}, {"scores"});
    concat(b, {"boxes", "scores"}, "output0", 1);
    b.output("output0");
    named(b, "task", "detect");
    Run r = run(b);
    const auto places = distribution_places(r, classes);
    r.facts.outputs.erase(r.facts.outputs.begin(), r.facts.outputs.end() - 1);
    const Task task = r.task();
    QCOMPARE(task.decoder, std::string("yolov8"));
    QCOMPARE(task.why.back().what, std::string("task = detect"));
    QVERIFY(!task.options.normalized);
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY(found.has_value());
    // The graph computed with float32, so equal scores of the two may stand in another order.
    TaskOptions exact = task.options;
    const auto wanted = plain(places, exact, r.geometry);
    compare(*found, wanted, 1e-5);
}

namespace {

constexpr std::array<std::array<std::array<double, 2>, 3>, 3> v5_anchors = {
    {{{{10, 13}, {16, 30}, {33, 23}}},
     {{{30, 61}, {62, 45}, {59, 119}}},
     {{{116, 90}, {156, 198}, {373, 326}}}}};

/// From "p8", "p16", "p32" with 3 * (5 + classes) channels.
std::vector<Place> anchor_places(const Run& r, int classes, bool v3) {
    std::vector<Place> places;
    for (std::size_t level = 0; level < 3; ++level)
        for (std::size_t anchor = 0; anchor < 3; ++anchor) {
            const int stride = strides[level], row = side / stride;
            const auto map = r.of("p" + std::to_string(stride));
            for (int cell = 0; cell < row * row; ++cell) {
                const auto at = [&](int n) {
                    const int channel = static_cast<int>(anchor) * (5 + classes) + n;
                    return static_cast<double>(map[static_cast<std::size_t>(channel * row * row + cell)]);
                };
                const auto [w, h] = v5_anchors[level][anchor];
                const int x = cell % row, y = cell / row;
                std::vector<double> scores;
                for (int c = 0; c < classes; ++c)
                    scores.push_back(logistic(at(4)) * logistic(at(5 + c)));
                if (v3)
                    places.push_back(centred((logistic(at(0)) + x) * stride, (logistic(at(1)) + y) * stride,
                                             std::exp(at(2)) * w, std::exp(at(3)) * h, scores));
                else
                    places.push_back(centred(
                        (2 * logistic(at(0)) - 0.5 + x) * stride, (2 * logistic(at(1)) - 0.5 + y) * stride,
                        std::pow(2 * logistic(at(2)), 2) * w, std::pow(2 * logistic(at(3)), 2) * h, scores));
            }
        }
    return places;
}

}  // namespace

void TestTaskDecoders::yolov5_without_decoding_data() {
    QTest::addColumn<bool>("five_dimensions");
    QTest::newRow("1x3xHxWx(5+C)") << true;
    QTest::newRow("1x(3*(5+C))xHxW") << false;
}

void TestTaskDecoders::yolov5_without_decoding() {
    QFETCH(bool, five_dimensions);
    constexpr int classes = 4;
    ModelBuilder b = pyramid(3 * (5 + classes));
    for (const int stride : strides) {
        const std::string map = "p" + std::to_string(stride);
        reshape(b, map, map + "a", {1, 3, 5 + classes, side / stride, side / stride});
        transpose(b, map + "a", map + "b", {0, 1, 3, 4, 2});
        b.output(map).output(map + "b");
    }
    Run r = run(b);
    const auto places = anchor_places(r, classes, false);
    std::erase_if(r.facts.outputs,
                  [&](const NamedOutput& output) { return output.name.ends_with("b") != five_dimensions; });
    const Task task = r.task();
    QCOMPARE(task.decoder, std::string("yolov5-raw"));
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY2(found.has_value(), found ? "" : found.error().detail.c_str());
    compare(*found, plain(places, task.options, r.geometry));
}

void TestTaskDecoders::yolov3_formula() {
    constexpr int classes = 2;
    ModelBuilder b = pyramid(3 * (5 + classes), 5);
    for (const int stride : strides)
        b.output("p" + std::to_string(stride));
    Run r = run(b);
    TaskChoice choice;
    QVERIFY(set_option(choice, "decoder=yolov3-raw").has_value());
    const Task task = r.task(choice);
    QCOMPARE(task.decoder, std::string("yolov3-raw"));
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY(found.has_value());
    compare(*found, plain(anchor_places(r, classes, true), task.options, r.geometry));
}

/// Decoding in the graph: sigmoid, then (2 s - 0.5 + cell) * stride and (2 s)^2 * anchor.
void TestTaskDecoders::yolov5_with_decoding() {
    constexpr int classes = 4, numbers = 5 + classes;
    ModelBuilder b = pyramid(3 * numbers);
    b.weight("two", {1}, std::vector<float>{2}).weight("half", {1}, std::vector<float>{0.5f});
    std::vector<std::string> flat;
    for (std::size_t level = 0; level < 3; ++level) {
        const int stride = strides[level], row = side / stride;
        const std::string map = "p" + std::to_string(stride);
        b.output(map);
        reshape(b, map, map + "a", {1, 3, numbers, row * row});
        transpose(b, map + "a", map + "b", {0, 1, 3, 2});
        b.node("Sigmoid", map + "s", {map + "b"}, {map + "s"});
        slice(b, map + "s", map + "xy", 3, 0, 2);
        slice(b, map + "s", map + "wh", 3, 2, 4);
        slice(b, map + "s", map + "rest", 3, 4, numbers);
        std::vector<float> cells, sizes;
        for (int cell = 0; cell < row * row; ++cell) {
            cells.push_back(static_cast<float>(cell % row) - 0.5f);
            cells.push_back(static_cast<float>(cell / row) - 0.5f);
        }
        for (const auto& anchor : v5_anchors[level])
            for (const double extent : anchor)
                sizes.push_back(static_cast<float>(extent));
        b.weight(map + "cells", {1, 1, row * row, 2}, cells).weight(map + "anchors", {1, 3, 1, 2}, sizes);
        b.weight(map + "stride", {1}, std::vector<float>{static_cast<float>(stride)});
        b.node("Mul", map + "xy2", {map + "xy", "two"}, {map + "xy2"});
        b.node("Add", map + "xy3", {map + "xy2", map + "cells"}, {map + "xy3"});
        b.node("Mul", map + "xy4", {map + "xy3", map + "stride"}, {map + "xy4"});
        b.node("Mul", map + "wh2", {map + "wh", "two"}, {map + "wh2"});
        b.node("Mul", map + "wh3", {map + "wh2", map + "wh2"}, {map + "wh3"});
        b.node("Mul", map + "wh4", {map + "wh3", map + "anchors"}, {map + "wh4"});
        concat(b, {map + "xy4", map + "wh4", map + "rest"}, map + "all", 3);
        reshape(b, map + "all", map + "flat", {1, -1, numbers});
        flat.push_back(map + "flat");
    }
    concat(b, flat, "output", 1);
    b.output("output");
    Run r = run(b);
    const auto places = anchor_places(r, classes, false);
    r.facts.outputs.erase(r.facts.outputs.begin(), r.facts.outputs.end() - 1);
    const Task task = r.task();
    QCOMPARE(task.decoder, std::string("yolov5"));
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY(found.has_value());
    compare(*found, plain(places, task.options, r.geometry), 1e-5);
}

void TestTaskDecoders::yolox() {
    constexpr int classes = 3, numbers = 5 + classes;
    ModelBuilder b = pyramid(numbers);
    std::vector<std::string> flat;
    for (const int stride : strides) {
        const std::string map = "p" + std::to_string(stride);
        slice(b, map, map + "box", 1, 0, 4);
        slice(b, map, map + "logits", 1, 4, numbers);
        b.node("Sigmoid", map + "s", {map + "logits"}, {map + "s"});
        concat(b, {map + "box", map + "s"}, map + "all", 1);
        reshape(b, map + "all", map + "flat", {1, numbers, -1});
        flat.push_back(map + "flat");
    }
    concat(b, flat, "channels", 2);
    transpose(b, "channels", "output", {0, 2, 1});
    b.output("output");
    const Run r = run(b);
    const Task task = r.task();
    QCOMPARE(task.decoder, std::string("yolox"));
    std::vector<Place> places;
    std::size_t place = 0;
    each_cell([&](int stride, int, int, int x, int y) {
        const auto row = r.of("output").subspan(place++ * numbers, numbers);
        std::vector<double> scores;
        for (std::size_t c = 0; c < classes; ++c)
            scores.push_back(static_cast<double>(row[4]) * static_cast<double>(row[5 + c]));
        places.push_back(centred((static_cast<double>(row[0]) + x) * stride,
                                 (static_cast<double>(row[1]) + y) * stride,
                                 std::exp(static_cast<double>(row[2])) * stride,
                                 std::exp(static_cast<double>(row[3])) * stride, scores));
    });
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY(found.has_value());
    compare(*found, plain(places, task.options, r.geometry));
}

namespace {

/// Offsets and scores of `per_cell` priors at each cell: outputs "loc" [1, N, 4] and "conf" [1, N, 2].
Run prior_head(int per_cell, bool softmax) {
    ModelBuilder b(17, 3);
    b.input("input", {1, 3, side, side});
    std::vector<std::string> boxes, scores;
    for (const int stride : strides) {
        const std::string level = std::to_string(stride);
        for (const auto& [name, numbers, into] : {std::tuple{"loc", 4, &boxes}, {"conf", 2, &scores}}) {
            const std::string map = name + level;
            b.conv("c" + map, "input", map, 3, per_cell * numbers, 3, 1, stride);
            transpose(b, map, map + "last", {0, 2, 3, 1});
            reshape(b, map + "last", map + "flat", {1, -1, numbers});
            into->push_back(map + "flat");
        }
    }
    concat(b, boxes, "loc", 1);
    concat(b, scores, softmax ? "logits" : "conf", 1);
    if (softmax)
        set_attribute(b.node("Softmax", "softmax", {"logits"}, {"conf"}), "axis", std::int64_t{2});
    b.output("loc").output("conf");
    return run(b);
}

std::vector<Place> prior_places(const Run& r, const std::vector<std::vector<double>>& sizes, bool softmaxed) {
    std::vector<Place> places;
    std::size_t i = 0;
    for (std::size_t level = 0; level < 3; ++level)
        for (int y = 0; y < side / strides[level]; ++y)
            for (int x = 0; x < side / strides[level]; ++x)
                for (const double size : sizes[level]) {
                    const auto loc = r.of("loc").subspan(4 * i, 4);
                    const auto conf = r.of("conf").subspan(2 * i, 2);
                    const double cx = (x + 0.5) * strides[level] + static_cast<double>(loc[0]) * 0.1 * size;
                    const double cy = (y + 0.5) * strides[level] + static_cast<double>(loc[1]) * 0.1 * size;
                    const double a = conf[0], c = conf[1];
                    const double score = softmaxed ? c : std::exp(c) / (std::exp(a) + std::exp(c));
                    places.push_back(centred(cx, cy, size * std::exp(0.2 * static_cast<double>(loc[2])),
                                             size * std::exp(0.2 * static_cast<double>(loc[3])), {score}));
                    ++i;
                }
    return places;
}

}  // namespace

void TestTaskDecoders::retinaface() {
    const Run r = prior_head(2, true);
    const Task task = r.task();
    QCOMPARE(task.decoder, std::string("retinaface"));
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY(found.has_value());
    compare(*found,
            plain(prior_places(r, {{16, 32}, {64, 128}, {256, 512}}, true), task.options, r.geometry));
}

void TestTaskDecoders::ssd() {
    const Run r = prior_head(1, false);
    TaskChoice choice;
    QVERIFY(set_option(choice, "decoder=ssd").has_value());
    QVERIFY(set_option(choice, "strides=[8,16,32]").has_value());
    QVERIFY(set_option(choice, "anchors=[[[20,20]],[[40,40]],[[60,60]]]").has_value());
    const Task task = r.task(choice);
    QCOMPARE(task.algorithm, std::string("priors"));
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY2(found.has_value(), found ? "" : found.error().detail.c_str());
    compare(*found, plain(prior_places(r, {{20}, {40}, {60}}, false), task.options, r.geometry));
}

void TestTaskDecoders::centernet() {
    ModelBuilder b(17, 2);
    b.input("input", {1, 3, side, side});
    b.conv("heat", "input", "hm", 3, 2, 3, 1, 4).conv("size", "input", "wh", 3, 2, 3, 1, 4);
    b.conv("offset", "input", "reg", 3, 2, 3, 1, 4);
    b.output("hm").output("wh").output("reg");
    const Run r = run(b);
    const Task task = r.task();
    QCOMPARE(task.decoder, std::string("centernet"));
    QCOMPARE(task.options.activation, std::string("sigmoid"));
    constexpr int row = side / 4;
    const auto at = [&](const char* map, int channel, int x, int y) {
        return static_cast<double>(r.of(map)[static_cast<std::size_t>((channel * row + y) * row + x)]);
    };
    std::vector<Place> places;
    for (int c = 0; c < 2; ++c)
        for (int y = 0; y < row; ++y)
            for (int x = 0; x < row; ++x) {
                bool peak = true;
                for (int dy = -1; dy <= 1; ++dy)
                    for (int dx = -1; dx <= 1; ++dx)
                        if (x + dx >= 0 && x + dx < row && y + dy >= 0 && y + dy < row)
                            peak = peak && at("hm", c, x + dx, y + dy) <= at("hm", c, x, y);
                std::vector<double> scores(2, 0);
                scores[static_cast<std::size_t>(c)] = peak ? logistic(at("hm", c, x, y)) : 0;
                places.push_back(centred((x + at("reg", 0, x, y)) * 4, (y + at("reg", 1, x, y)) * 4,
                                         at("wh", 0, x, y) * 4, at("wh", 1, x, y) * 4, scores));
            }
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY(found.has_value());
    compare(*found, plain(places, task.options, r.geometry));
}

/// centerface.py: exp(scale) * 4, (cell + offset + 0.5) * 4; the first channel is y's.
void TestTaskDecoders::centerface() {
    ModelBuilder b(17, 2);
    b.input("input", {1, 3, side, side});
    b.conv("heat", "input", "logits", 3, 1, 3, 1, 4).conv("size", "input", "scale", 3, 2, 3, 1, 4);
    b.node("Sigmoid", "sigmoid", {"logits"}, {"heatmap"});
    b.conv("offset", "input", "offset", 3, 2, 3, 1, 4).conv("marks", "input", "landmarks", 3, 10, 3, 1, 4);
    b.output("heatmap").output("scale").output("offset").output("landmarks");
    const Run r = run(b);
    const Task task = r.task();
    QCOMPARE(task.decoder, std::string("centerface"));
    constexpr int row = side / 4;
    std::vector<Place> places;
    for (int y = 0; y < row; ++y)
        for (int x = 0; x < row; ++x) {
            const auto at = [&](const char* map, int channel) {
                return static_cast<double>(
                    r.of(map)[static_cast<std::size_t>((channel * row + y) * row + x)]);
            };
            places.push_back(centred((x + at("offset", 1) + 0.5) * 4, (y + at("offset", 0) + 0.5) * 4,
                                     std::exp(at("scale", 1)) * 4, std::exp(at("scale", 0)) * 4,
                                     {at("heatmap", 0)}));
        }
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY(found.has_value());
    compare(*found, plain(places, task.options, r.geometry));
}

namespace {

/// "boxes" [1, 60, 4] in pixels (y0, x0, y1, x1), "scores" [1, 2, 60], both from the input.
ModelBuilder boxes_head() {
    ModelBuilder b(17, 4);
    b.input("input", {1, 3, side, side});
    b.conv("c", "input", "map", 3, 6, 3, 1, 8);
    reshape(b, "map", "flat", {1, 6, -1});
    slice(b, "flat", "centres", 1, 0, 2);
    slice(b, "flat", "logsizes", 1, 2, 4);
    slice(b, "flat", "logits", 1, 4, 6);
    b.weight("ten", {1}, std::vector<float>{10}).weight("middle", {1}, std::vector<float>{30});
    b.node("Mul", "spread", {"centres", "ten"}, {"spread"});
    b.node("Add", "placed", {"spread", "middle"}, {"placed"});
    b.node("Exp", "exp", {"logsizes"}, {"relative"});
    b.node("Mul", "sized", {"relative", "ten"}, {"sized"});
    b.node("Sub", "corner0", {"placed", "sized"}, {"corner0"});
    b.node("Add", "corner1", {"placed", "sized"}, {"corner1"});
    concat(b, {"corner0", "corner1"}, "corners", 1);
    transpose(b, "corners", "boxes", {0, 2, 1});
    b.node("Sigmoid", "sigmoid", {"logits"}, {"scores"});
    return b;
}

std::vector<Place> boxes_places(const Run& r) {
    std::vector<Place> places;
    for (std::size_t i = 0; i < 64; ++i) {
        const auto box = r.of("boxes").subspan(4 * i, 4);
        places.push_back({box[1], box[0], box[3], box[2], {r.of("scores")[i], r.of("scores")[64 + i]}});
    }
    return places;
}

}  // namespace

void TestTaskDecoders::non_max_suppression() {
    ModelBuilder b = boxes_head();
    b.weight("most", {1}, std::vector<std::int64_t>{100}).weight("iou", {1}, std::vector<float>{0.5f});
    b.weight("least", {1}, std::vector<float>{0.2f});
    b.node("NonMaxSuppression", "nms", {"boxes", "scores", "most", "iou", "least"}, {"selected"});
    b.output("selected", ElementType::int64).output("boxes").output("scores");
    const Run r = run(b);
    const Task task = r.task();
    QCOMPARE(task.decoder, std::string("nms"));
    QCOMPARE(task.why.back().what, std::string("NonMaxSuppression"));
    TaskOptions as_graph = task.options;
    as_graph.suppress = as_graph.multi_label = true;
    as_graph.iou = 0.5;
    as_graph.min_score = 0.2f;
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY(found.has_value());
    compare(*found, plain(boxes_places(r), as_graph, r.geometry));
}

/// TensorRT's EfficientNMS gives a count, boxes, scores, classes; the count says how many are meant.
void TestTaskDecoders::efficient_nms() {
    ModelBuilder b = boxes_head();
    b.weight("count", {1, 1}, std::vector<std::int64_t>{40});
    b.node("Identity", "n", {"count"}, {"num_dets"});
    slice(b, "scores", "first", 1, 0, 1);
    reshape(b, "first", "det_scores", {1, 64});
    b.weight("zero", {1}, std::vector<float>{0.5f});
    b.node("Greater", "g", {"det_scores", "zero"}, {"above"});
    set_attribute(b.node("Cast", "cast", {"above"}, {"det_classes"}), "to", std::int64_t{6});
    b.output("num_dets", ElementType::int64).output("boxes").output("det_scores");
    b.output("det_classes", ElementType::int32);
    const Run r = run(b);
    TaskChoice choice;
    QVERIFY(set_option(choice, "box=yxyx").has_value());
    const Task task = r.task(choice);
    QCOMPARE(task.decoder, std::string("selected"));
    std::vector<Place> places;
    for (std::size_t i = 0; i < 40; ++i) {
        const auto box = r.of("boxes").subspan(4 * i, 4);
        const double score = r.of("det_scores")[i];
        std::vector<double> scores(2, 0);
        scores[score > 0.5 ? 1 : 0] = score;
        places.push_back({box[1], box[0], box[3], box[2], scores});
    }
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY2(found.has_value(), found ? "" : found.error().detail.c_str());
    QCOMPARE(std::get<Detections>(*found).size(), std::size_t(40));
    compare(*found, plain(places, task.options, r.geometry));
}

/// YOLOv10: rows of box, score, class.
void TestTaskDecoders::end_to_end() {
    ModelBuilder b = boxes_head();
    transpose(b, "scores", "by_box", {0, 2, 1});
    b.node("Floor", "floor", {"by_box"}, {"zeros"});
    slice(b, "by_box", "score", 2, 0, 1);
    slice(b, "zeros", "class", 2, 0, 1);
    concat(b, {"boxes", "score", "class"}, "output0", 2);
    b.output("output0");
    const Run r = run(b);
    const Task task = r.task();
    QCOMPARE(task.decoder, std::string("end2end"));
    std::vector<Place> places;
    for (std::size_t i = 0; i < 64; ++i) {
        const auto row = r.of("output0").subspan(6 * i, 6);
        places.push_back({row[0], row[1], row[2], row[3], {row[4]}});
    }
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY(found.has_value());
    compare(*found, plain(places, task.options, r.geometry));
}

void TestTaskDecoders::boxes_and_scores() {
    ModelBuilder b = boxes_head();
    transpose(b, "logits", "by_box", {0, 2, 1});
    b.weight("pixels", {1}, std::vector<float>{64});
    b.node("Div", "relative_boxes", {"boxes", "pixels"}, {"pred_boxes"});
    b.node("Identity", "out", {"by_box"}, {"pred_logits"});
    b.output("pred_logits").output("pred_boxes");
    const Run r = run(b);
    TaskChoice choice;
    QVERIFY(set_option(choice, "box=xyxy").has_value());
    QVERIFY(set_option(choice, "normalized=true").has_value());
    const Task task = r.task(choice);
    QCOMPARE(task.decoder, std::string("rtdetr"));
    std::vector<Place> places;
    for (std::size_t i = 0; i < 64; ++i) {
        const auto box = r.of("pred_boxes").subspan(4 * i, 4);
        const auto logits = r.of("pred_logits").subspan(2 * i, 2);
        places.push_back({box[0] * 64.0,
                          box[1] * 64.0,
                          box[2] * 64.0,
                          box[3] * 64.0,
                          {logistic(logits[0]), logistic(logits[1])}});
    }
    const auto found = decode(task, r.facts.outputs, r.geometry);
    QVERIFY(found.has_value());
    compare(*found, plain(places, task.options, r.geometry));
}

QTEST_GUILESS_MAIN(TestTaskDecoders)
#include "test_task_decoders.moc"
