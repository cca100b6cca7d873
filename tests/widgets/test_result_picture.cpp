// Results drawn over their images: boxes, masks, texts and scores where they belong, checked pixel by pixel.
#include <QCheckBox>
#include <QComboBox>
#include <QListView>
#include <QPainter>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>

#include "tests/support/patience.h"
#include "widgets/panels/picture_file.h"
#include "widgets/panels/result_paint.h"
#include "widgets/panels/result_picture.h"
#include "widgets/panels/results_view.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

using namespace quantwright;
using quantwright::testing::eventually;

namespace {

/// An image of 200 by 100 pixels that went through a letterbox of 100 by 100: half as large, 25 down.
const Geometry letterbox{{100, 200}, {100, 100}, 0.5, 0.5, 0, 25};

std::shared_ptr<const Judgement> judgement(TaskKind kind, std::vector<ShownResult> shown) {
    auto made = std::make_shared<Judgement>();
    made->task.kind = kind;
    made->names = {"background", "cat", "dog"};
    for (const ShownResult& one : shown)
        if (one.amount > 0) {
            Change change;
            change.sample = one.sample;
            change.amount = one.amount;
            change.vanished = 1;
            made->changes.push_back(change);
        }
    made->shown = std::move(shown);
    return made;
}

/// Colours that differ by what antialiasing and blending do.
bool near(QColor a, QColor b, int by = 40) {
    return std::abs(a.red() - b.red()) <= by && std::abs(a.green() - b.green()) <= by &&
           std::abs(a.blue() - b.blue()) <= by;
}

QColor at(const QImage& image, QPointF point) {
    return image.pixelColor(point.toPoint());
}

/// Within two pixels of there something of this colour is drawn.
bool drawn(const QImage& image, QPointF point, const QColor& colour) {
    for (int dy = -2; dy <= 2; ++dy)
        for (int dx = -2; dx <= 2; ++dx)
            if (near(image.pixelColor(point.toPoint() + QPoint(dx, dy)), colour, 12))
                return true;
    return false;
}

QImage shot(QWidget& widget) {
    return widget.grab().toImage().scaled(widget.size());
}

}  // namespace

class TestResultPicture : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::instance().apply(Theme::Mode::Light); }

    void boxes_are_where_they_should_be() {
        const auto shown = judgement(TaskKind::detection,
                                     {{0, "a.png", 0.5, letterbox, Detections{{{40, 20, 60, 50}, 0.9, 1}},
                                       Detections{{{40, 20, 60, 50}, 0.8, 1}, {{130, 40, 30, 30}, 0.7, 2}}}});
        ResultPicture quantized(ResultPicture::Side::Quantized), reference(ResultPicture::Side::Float);
        QImage gray(200, 100, QImage::Format_RGB32);
        gray.fill(QColor(128, 128, 128));
        for (ResultPicture* picture : {&quantized, &reference}) {
            picture->resize(420, 240);
            picture->setPicture(gray);
            picture->setResult(shown, &shown->shown[0], {});
        }
        // The image fills the width: 2.1 screen pixels to one of its own, below the title, in the middle.
        constexpr double scale = 2.1, top = 20 + (240 - 20 - 210) / 2.0;
        const auto screen = [&](double x, double y) { return QPointF(x * scale, top + y * scale); };
        QCOMPARE(quantized.toScreen().map(QPointF(40, 20)), screen(40, 20));
        const QImage image = shot(quantized);
        const QColor cat = classColour(1), dog = classColour(2);
        QVERIFY(!near(cat, dog));
        for (const QPointF& edge : {screen(40, 45), screen(100, 45), screen(75, 70)})
            QVERIFY2(drawn(image, edge, cat), qPrintable(at(image, edge).name()));
        for (const QPointF& inside : {screen(70, 45), screen(20, 45), screen(150, 90)})
            QVERIFY(near(at(image, inside), QColor(128, 128, 128), 4));
        // Only float shows the dog.
        QVERIFY(near(at(image, screen(130, 55)), QColor(128, 128, 128), 4));
        const QImage before = shot(reference);
        QVERIFY(drawn(before, screen(130, 55), dog));
        QVERIFY(drawn(before, screen(40, 45), cat));
        // It is drawn thicker than what both show.
        const auto thickness = [&](double x, double y, const QColor& colour) {
            int pixels = 0;
            for (double step = -5; step <= 5; ++step)
                pixels += near(at(before, screen(x, y) + QPointF(step, 0)), colour) ? 1 : 0;
            return pixels;
        };
        QVERIFY(thickness(160, 55, dog) > thickness(100, 45, cat));
        // Of one class alone.
        reference.setResult(shown, &shown->shown[0], 1);
        QVERIFY(near(at(shot(reference), screen(130, 55)), QColor(128, 128, 128), 4));
        QVERIFY(drawn(shot(reference), screen(40, 45), cat));
        // A picture that was read smaller is shown as large.
        quantized.setPicture(gray.scaled(50, 25));
        QVERIFY(near(at(shot(quantized), screen(199, 50)), QColor(128, 128, 128), 4));
    }

    void the_wheel_zooms_both() {
        const auto shown = judgement(
            TaskKind::detection, {{0, "a.png", 0, letterbox, Detections{{{40, 20, 60, 50}, 0.9, 1}}, {}}});
        ResultPicture one(ResultPicture::Side::Float), other(ResultPicture::Side::Quantized);
        connect(&one, &ResultPicture::viewChanged, &other, &ResultPicture::setView);
        for (ResultPicture* picture : {&one, &other}) {
            picture->resize(420, 240);
            picture->setResult(shown, &shown->shown[0], {});
        }
        const QPointF hand(150, 120);
        const QPointF under = one.toScreen().inverted().map(hand);
        QWheelEvent wheel(hand, one.mapToGlobal(hand), {}, {0, 480}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&one, &wheel);
        QVERIFY(one.view().zoom > 1.5);
        const QPointF now = one.toScreen().inverted().map(hand);
        QVERIFY(std::hypot(now.x() - under.x(), now.y() - under.y()) < 1e-6);
        QCOMPARE(other.view(), one.view());
        QCOMPARE(other.toScreen(), one.toScreen());
        one.fit();
        QCOMPARE(other.view(), PictureView());
    }

    void masks_are_where_they_should_be() {
        // 4 by 4 of a plane of 100 by 100: the image is its middle half. The left is cat, the rest
        // background; the padding is dog.
        Mask mask{4, 4, {2, 2, 2, 2, 1, 1, 0, 0, 1, 1, 0, 0, 2, 2, 2, 2}};
        Mask other = mask;
        other.classes[4] = 0;  // float has background in the left upper corner of the image
        const auto shown = judgement(TaskKind::segmentation,
                                     {{0, "a.png", 0.1, letterbox, run_mask(mask), run_mask(other)}});
        QCOMPARE(maskPlace(letterbox), QRectF(0, -50, 200, 200));
        ResultPicture quantized(ResultPicture::Side::Quantized), reference(ResultPicture::Side::Float);
        QImage gray(200, 100, QImage::Format_RGB32);
        gray.fill(QColor(128, 128, 128));
        for (ResultPicture* picture : {&quantized, &reference}) {
            picture->resize(400, 220);
            picture->setPicture(gray);
            picture->setResult(shown, &shown->shown[0], {});
        }
        const auto screen = [&](double x, double y) { return quantized.toScreen().map(QPointF(x, y)); };
        const QImage image = shot(quantized), before = shot(reference);
        const auto mixed = [](const QColor& colour, double alpha) {
            const auto mix = [&](int a) { return static_cast<int>(128 + (a - 128) * alpha); };
            return QColor(mix(colour.red()), mix(colour.green()), mix(colour.blue()));
        };
        const QColor cat = classColour(1);
        QVERIFY(near(at(image, screen(50, 75)), mixed(cat, 90 / 255.0), 6));
        QVERIFY(near(at(image, screen(150, 25)), QColor(128, 128, 128), 2));  // background
        QVERIFY(
            near(at(image, screen(25, 25)), mixed(cat, 190 / 255.0), 6));  // float has something else there
        QVERIFY(near(at(before, screen(75, 25)), mixed(cat, 90 / 255.0), 6));
        QVERIFY(near(at(before, screen(25, 25)), mixed(Qt::black, 190 / 255.0), 6));
        // What the padding holds is not drawn beside the image.
        quantized.resize(220, 400);
        const QImage tall = shot(quantized);
        QVERIFY(near(at(tall, screen(100, -20)), currentPalette().canvas, 4));
        QVERIFY(near(at(tall, screen(50, 75)), mixed(cat, 90 / 255.0), 6));
    }

    void characters_that_differ_are_marked() {
        const auto marks = [](const char* text, const char* other) {
            QString result;
            for (const bool mark : differing(QString::fromUtf8(text), QString::fromUtf8(other)))
                result += QLatin1Char(mark ? '^' : '.');
            return result;
        };
        QCOMPARE(marks("hello", "hello"), QStringLiteral("....."));
        QCOMPARE(marks("hallo", "hello"), QStringLiteral(".^..."));
        QCOMPARE(marks("helo", "hello"), QStringLiteral("...."));
        QCOMPARE(marks("hellxo", "hello"), QStringLiteral("....^."));
        QCOMPARE(marks("水压x", "水x"), QStringLiteral(".^."));
        QCOMPARE(marks("", "abc"), QString());
        QCOMPARE(marks("abc", ""), QStringLiteral("^^^"));

        const auto shown = judgement(
            TaskKind::text, {{0, "a.png", 0.2, letterbox, std::string("hallo"), std::string("hello")}});
        ResultPicture picture(ResultPicture::Side::Quantized);
        picture.resize(400, 220);
        picture.setResult(shown, &shown->shown[0], {});
        // The line under the second character, and no other.
        const QImage image = shot(picture);
        int first = 400, last = -1;
        for (int y = 186; y < 220; ++y)
            for (int x = 0; x < 400; ++x)
                if (near(image.pixelColor(x, y), currentPalette().worse, 8)) {
                    first = std::min(first, x);
                    last = std::max(last, x);
                }
        const QFontMetricsF metrics(figureFont(TextSize::Large));
        const double width = metrics.horizontalAdvance(QLatin1Char('a'));
        QVERIFY(last > first);
        QVERIFY(first >= 8 + width - 1.5 && last <= 8 + 2 * width + 1.5);
    }

    void scores_are_as_long_as_they_are_large() {
        const auto shown = judgement(
            TaskKind::classification,
            {{0, "a.png", 1, letterbox, Ranking{{1, 2}, {0.75, 0.25}}, Ranking{{2, 1}, {0.6, 0.4}}}});
        ResultPicture picture(ResultPicture::Side::Quantized);
        picture.resize(420, 420);
        picture.setResult(shown, &shown->shown[0], {});
        const QImage image = shot(picture);
        // Another class than float's is first: its bar is marked.
        const auto bar = [&](int row) {
            int length = 0;
            const int y = 420 - 110 + 22 * row + 2;
            for (int x = 4; x < 416; ++x)
                length += near(image.pixelColor(x, y), currentPalette().field, 3) ? 0 : 1;
            return length / 412.0;
        };
        QVERIFY2(std::abs(bar(0) - 0.75) < 0.02, qPrintable(QString::number(bar(0))));
        QVERIFY2(std::abs(bar(1) - 0.25) < 0.02, qPrintable(QString::number(bar(1))));
    }

    void what_was_not_kept_says_so() {
        const auto shown = judgement(TaskKind::detection, {{0, "a.png", 0, letterbox, {}, {}}});
        ResultPicture picture(ResultPicture::Side::Quantized);
        picture.resize(420, 240);
        const QImage empty = shot(picture);
        picture.setResult(shown, &shown->shown[0], {});
        QImage said = shot(picture);
        int dark = 0;
        for (int y = 20; y < 240; ++y)
            for (int x = 0; x < 420; ++x)
                dark += near(said.pixelColor(x, y), currentPalette().quiet, 30) ? 1 : 0;
        QVERIFY(dark > 50);
    }

    /// By hand: keys step, filters leave out, and pictures arrive from their files.
    void the_list_and_its_pictures() {
        const QTemporaryDir folder;
        std::vector<ShownResult> shown;
        for (int i = 0; i < 300; ++i) {
            QImage image(200, 100, QImage::Format_RGB32);
            image.fill(QColor(i % 256, 0, 0));
            const QString name = QStringLiteral("%1.png").arg(i, 3, 10, QLatin1Char('0'));
            QVERIFY(image.save(folder.filePath(name)));
            shown.push_back({i, name.toStdString(), i < 20 ? 1 - i / 20.0 : 0, letterbox,
                             Detections{{{40, 20, 60, 50}, 0.9, i % 2 + 1}}, Detections{}});
        }
        JobRunner jobs;
        ResultsView view(&jobs);
        view.resize(1000, 300);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        view.setResults(judgement(TaskKind::detection, shown), folder.path());
        auto* list = view.findChild<QListView*>(QStringLiteral("result_list"));
        auto* left = view.findChild<ResultPicture*>(QStringLiteral("picture_float"));
        auto* changed = view.findChild<QCheckBox*>(QStringLiteral("changed_only"));
        auto* classes = view.findChild<QComboBox*>(QStringLiteral("result_class"));
        QCOMPARE(list->model()->rowCount(), 300);
        QVERIFY(eventually([&] { return left->hasPicture(); }));
        QCOMPARE(list->currentIndex().row(), 0);
        // Thumbnails come in the background, for what is on the screen.
        const auto decoration = [&](int row) {
            return list->model()->index(row, 0).data(Qt::DecorationRole).value<QPixmap>().toImage();
        };
        QVERIFY(eventually([&] { return near(decoration(3).pixelColor(5, 5), QColor(3, 0, 0), 2); }));
        view.activateWindow();  // shortcuts go to the active window
        QVERIFY(QTest::qWaitForWindowActive(&view));
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Right);
        QTest::keyClick(list, Qt::Key_Right);
        QTest::keyClick(list, Qt::Key_Left);
        QCOMPARE(list->currentIndex().row(), 1);
        QVERIFY(eventually([&] {
            return left->hasPicture() &&
                   near(at(shot(*left), left->toScreen().map(QPointF(20, 45))), QColor(1, 0, 0), 2);
        }));
        QTest::mouseClick(changed, Qt::LeftButton, {}, QPoint(8, changed->height() / 2));
        QCOMPARE(list->model()->rowCount(), 20);
        QCOMPARE(list->currentIndex().row(), 1);
        QCOMPARE(classes->count(), 3);
        classes->setCurrentIndex(2);
        emit classes->activated(2);
        QCOMPARE(list->model()->rowCount(), 10);
        QVERIFY(list->model()->index(0, 0).data().toString().startsWith(QStringLiteral("001.png\n")));
    }
};

QTEST_MAIN(TestResultPicture)
#include "test_result_picture.moc"
