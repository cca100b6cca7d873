#include "widgets/panels/result_paint.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/panels/figures.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace quantwright {
namespace {

constexpr int k_dim = 90, k_dense = 190;  ///< of 255, of a mask
/// Longer texts are compared no further.
constexpr qsizetype k_longest_text = 1000;

bool is_background(const std::vector<std::string>& names, int category) {
    if (category != 0)
        return category < 0;
    if (names.empty() || names.front().empty())
        return true;
    const QString first = QString::fromStdString(names.front()).toLower();
    return first.contains(QLatin1String("background")) || first == QLatin1String("_bg") ||
           first == QStringLiteral("背景");
}

}  // namespace

QColor classColour(int category) {
    // Hues a golden angle apart never come near each other soon.
    const double hue = std::fmod(0.58 + 0.61803398875 * category, 1.0);
    return QColor::fromHsvF(static_cast<float>(hue < 0 ? hue + 1 : hue), category % 2 == 0 ? 0.85F : 0.7F,
                            0.95F);
}

QString className(const std::vector<std::string>& names, int category) {
    const auto at = static_cast<std::size_t>(category);
    return category >= 0 && at < names.size() && !names[at].empty() ? QString::fromStdString(names[at])
                                                                    : QString::number(category);
}

void paintBoxes(QPainter& painter, const Detections& boxes, const std::vector<bool>& alone,
                const QTransform& to_screen, const BoxLook& look) {
    painter.save();
    painter.setFont(uiFont(TextSize::Small, true));
    const QFontMetricsF metrics(painter.font(), painter.device());
    // The best on top.
    for (std::size_t i = boxes.size(); i-- > 0;) {
        const Detection& one = boxes[i];
        if (look.category && one.category != *look.category)
            continue;
        const bool marked = i < alone.size() && alone[i];
        const QRectF box = to_screen.mapRect(QRectF(one.box.x, one.box.y, one.box.width, one.box.height));
        const QColor colour = classColour(one.category);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(QColor(0, 0, 0, 150), marked ? 5 : 3.5));  // on any photograph
        painter.drawRect(box);
        painter.setPen(QPen(colour, marked ? 3 : 1.5));
        painter.drawRect(box);
        const QString text = (marked ? QStringLiteral("▲ ") : QString()) +
                             className(look.names, one.category) + QLatin1Char(' ') +
                             QString::number(one.score, 'f', 2);
        QRectF label(box.left(), box.top() - metrics.height() - 1, metrics.horizontalAdvance(text) + 8,
                     metrics.height() + 1);
        if (label.top() < painter.clipBoundingRect().top())
            label.moveTop(box.top());
        painter.fillRect(label, colour);
        painter.setPen(qGray(colour.rgb()) > 120 ? Qt::black : Qt::white);
        painter.drawText(label, Qt::AlignCenter, text);
    }
    painter.restore();
}

QImage maskPicture(const RunMask& packed, const RunMask* other, const std::vector<std::string>& names,
                   std::optional<int> category) {
    const Mask mask = unpacked(packed);
    const bool comparable = other && other->height == packed.height && other->width == packed.width;
    const Mask before = comparable ? unpacked(*other) : Mask();
    QImage picture(mask.width, mask.height, QImage::Format_ARGB32);
    picture.fill(Qt::transparent);
    // Runs are long: a colour is worked out where the class changes.
    int last = -1;
    QRgb dim = 0, dense = 0;
    const auto change_to = [&](int here) {
        last = here;
        const bool background = is_background(names, here);
        QColor colour = background ? QColor(Qt::black) : classColour(here);
        colour.setAlpha(k_dense);
        dense = colour.rgba();
        colour.setAlpha(k_dim);
        dim = background ? 0 : colour.rgba();
        if (category && here != *category)
            dim = dense = 0;
    };
    change_to(0);
    for (int y = 0; y < mask.height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(picture.scanLine(y));
        const std::size_t row = static_cast<std::size_t>(y) * static_cast<std::size_t>(mask.width);
        for (int x = 0; x < mask.width; ++x) {
            const std::size_t at = row + static_cast<std::size_t>(x);
            if (mask.classes[at] != last)
                change_to(mask.classes[at]);
            line[x] = comparable && before.classes[at] != last ? dense : dim;
        }
    }
    return picture;
}

QRectF maskPlace(const Geometry& g) {
    return {-g.shift_x / g.scale_x, -g.shift_y / g.scale_y, g.input.width / g.scale_x,
            g.input.height / g.scale_y};
}

QVector<bool> differing(const QString& text, const QString& other) {
    const auto a = text.toUcs4(), b = other.toUcs4();
    const qsizetype rows = std::min(a.size(), k_longest_text), columns = std::min(b.size(), k_longest_text);
    std::vector<std::vector<int>> cost(static_cast<std::size_t>(rows) + 1,
                                       std::vector<int>(static_cast<std::size_t>(columns) + 1));
    const auto at = [&](qsizetype i, qsizetype k) -> int& {
        return cost[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)];
    };
    for (qsizetype i = 0; i <= rows; ++i)
        for (qsizetype k = 0; k <= columns; ++k)
            at(i, k) = i == 0   ? static_cast<int>(k)
                       : k == 0 ? static_cast<int>(i)
                                : std::min({at(i - 1, k) + 1, at(i, k - 1) + 1,
                                            at(i - 1, k - 1) + (a[i - 1] == b[k - 1] ? 0 : 1)});
    QVector<bool> marked(a.size(), true);
    for (qsizetype i = rows, k = columns; i > 0;) {
        if (k > 0 && at(i, k) == at(i - 1, k - 1) + (a[i - 1] == b[k - 1] ? 0 : 1)) {
            marked[i - 1] = a[i - 1] != b[k - 1];
            --i;
            --k;
        } else if (k > 0 && at(i, k) == at(i, k - 1) + 1) {
            --k;
        } else {
            --i;
        }
    }
    return marked;
}

void paintText(QPainter& painter, const QRectF& place, const QString& text, const QVector<bool>& marked) {
    painter.save();
    const Palette& colours = currentPalette();
    QFont font = figureFont(TextSize::Large);
    QFontMetricsF metrics(font, painter.device());
    if (const double wide = metrics.horizontalAdvance(text); wide > place.width() - 16 && wide > 0) {
        font.setPixelSize(std::max(9, static_cast<int>(font.pixelSize() * (place.width() - 16) / wide)));
        metrics = QFontMetricsF(font, painter.device());
    }
    painter.setFont(font);
    const auto characters = text.toUcs4();
    double x = place.left() + 8;
    for (qsizetype i = 0; i < characters.size(); ++i) {
        const auto code = static_cast<char32_t>(characters[i]);
        const QString one = QString::fromUcs4(&code, 1);
        const double width = metrics.horizontalAdvance(one);
        const QRectF cell(x, place.top(), width, place.height());
        if (i < marked.size() && marked[i]) {
            QColor soft = colours.worse;
            soft.setAlpha(60);
            painter.fillRect(cell, soft);
            painter.fillRect(QRectF(cell.left(), cell.bottom() - 3, cell.width(), 2), colours.worse);
        }
        painter.setPen(i < marked.size() && marked[i] ? colours.worse : colours.text);
        painter.drawText(cell, Qt::AlignCenter, one);
        x += width;
    }
    painter.restore();
}

void paintScores(QPainter& painter, const QRectF& place, const Ranking& ranking,
                 const std::vector<std::string>& names, std::optional<int> first_of_other) {
    painter.save();
    const Palette& colours = currentPalette();
    painter.setFont(uiFont(TextSize::Small));
    const QFontMetricsF metrics(painter.font(), painter.device());
    const double row = std::min(place.height() / 5, 22.0);
    for (std::size_t i = 0; i < ranking.classes.size(); ++i) {
        const QRectF line(place.left(), place.top() + row * static_cast<double>(i), place.width(), row - 2);
        const double share = i < ranking.shares.size() ? std::clamp(ranking.shares[i], 0.0, 1.0) : 0;
        const bool other = i == 0 && first_of_other && *first_of_other != ranking.classes[0];
        painter.fillRect(line, colours.field);
        QColor bar = other ? colours.worse : i == 0 ? colours.in_range : colours.line_strong;
        bar.setAlpha(150);
        painter.fillRect(QRectF(line.left(), line.top(), line.width() * share, line.height()), bar);
        painter.setPen(colours.text);
        const QString value = figures::percent(share);
        const double room = line.width() - metrics.horizontalAdvance(value) - 16;
        const QString name =
            (other ? QStringLiteral("▲ ") : QString()) + className(names, ranking.classes[i]);
        painter.drawText(line.adjusted(4, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                         metrics.elidedText(name, Qt::ElideRight, room));
        painter.drawText(line.adjusted(0, 0, -4, 0), Qt::AlignVCenter | Qt::AlignRight, value);
    }
    painter.restore();
}

}  // namespace quantwright
