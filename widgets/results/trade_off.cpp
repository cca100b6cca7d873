#include "widgets/results/trade_off.h"

#include <algorithm>
#include <cmath>

#include "widgets/results/format.h"
#include "widgets/results/text.h"
#include "widgets/words/words.h"

namespace quantwright::results {

namespace {

const LayerGroup& group_of(const TradeOff& told, const Raise& raise) {
    return told.resolved->prepared->groups[static_cast<std::size_t>(raise.group)];
}

QString points_text(double points) {
    return Cli::tr("%1 points").arg(QString::number(points, 'f', 2));
}

QString figure(double value) {
    return QString::number(value, 'g', 4);
}

/// What the picture has on its vertical axis, where larger is better; empty where there is nothing to draw.
std::optional<double> height_of(const TradeOff& told, const SearchPoint& point) {
    if (told.promise.max_drop)
        return point.drop ? std::optional(-*point.drop) : std::nullopt;
    return point.snr_db && std::isfinite(*point.snr_db) ? point.snr_db : std::nullopt;
}

/// Round steps that divide the span into about five.
std::vector<double> ticks(double low, double high) {
    const double span = high - low;
    const double rough = span / 5;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    const double unit = rough / power;
    const double step = power * (unit < 1.5 ? 1 : unit < 3.5 ? 2 : unit < 7.5 ? 5 : 10);
    std::vector<double> found;
    for (double at = std::ceil(low / step) * step; at <= high + step * 1e-9; at += step)
        found.push_back(std::abs(at) < step * 1e-9 ? 0 : at);
    return found;
}

struct Axis {
    double low = 0, high = 1, from = 0, to = 1;
    [[nodiscard]] double at(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

Axis axis(double low, double high, double from, double to) {
    const double margin = high > low ? (high - low) * 0.05 : std::max(1.0, std::abs(low) * 0.05);
    return {low - margin, high + margin, from, to};
}

QString number(double value) {
    return QString::number(value, 'f', 1);
}

constexpr double k_width = 760, k_height = 380, k_left = 70, k_right = 20, k_top = 16, k_bottom = 52;

}  // namespace

QString promise_text(const TradeOff& told) {
    if (told.promise.max_drop)
        return Cli::tr("%1 at most %2 below float")
            .arg(text(told.result->metric), points_text(*told.promise.max_drop));
    return Cli::tr("at least %1").arg(decibels(told.promise.min_snr_db));
}

QString accuracy_text(const TradeOff& told, const SearchPoint& point) {
    if (!told.promise.max_drop)
        return decibels(point.snr_db);
    if (!point.figure || !point.drop)
        return {};
    return Cli::tr("%1 %2, %3 below float (%4)")
        .arg(text(told.result->metric), figure(*point.figure), points_text(*point.drop),
             decibels(point.snr_db));
}

QString set_text(const Raise& raise) {
    return text(std::string(info(raise.field).path) + "=" + raise.value);
}

QString why_text(const TradeOff& told, const Needed& needed) {
    const QString without = told.promise.max_drop && needed.drop_without
                                ? Cli::tr("%1 below float without it").arg(points_text(*needed.drop_without))
                                : Cli::tr("%1 without it").arg(decibels(needed.snr_db_without));
    return Cli::tr("%1; rank %2, %3 with it alone quantized")
        .arg(without)
        .arg(needed.rank)
        .arg(decibels(needed.snr_db_alone));
}

std::vector<std::pair<QString, QString>> trade_off_rows(const TradeOff& told) {
    const SearchResult& result = *told.result;
    const SearchPoint& base = result.points.front();
    const SearchPoint& chosen = result.points[result.chosen];
    std::vector<std::pair<QString, QString>> rows = {
        {Cli::tr("Promised"), promise_text(told)},
        {result.reached ? Cli::tr("Kept with") : Cli::tr("Nearest"),
         Cli::tr("%n exception(s)", nullptr, static_cast<int>(chosen.raised.size()))},
        {Cli::tr("Accuracy"),
         Cli::tr("%1 (the plan as it was: %2)").arg(accuracy_text(told, chosen), accuracy_text(told, base))},
        {told.cost_label,
         Cli::tr("%1 (the plan as it was: %2)").arg(told.cost(chosen.cost), told.cost(base.cost))}};
    const auto all = std::count_if(result.points.begin(), result.points.end(),
                                   [](const SearchPoint& one) { return !one.screened; });
    rows.emplace_back(
        Cli::tr("Tried"),
        Cli::tr("%1 plans, and %2 on a few images").arg(all).arg(std::ssize(result.points) - all));
    rows.emplace_back(Cli::tr("Measured on"), words::measuredOn(result.measured_on));
    return rows;
}

Table exceptions_table(const TradeOff& told) {
    Table table({Cli::tr("Layer"), Cli::tr("Operator"), Cli::tr("Exception"), Cli::tr("Why")});
    for (const Needed& one : told.result->exceptions)
        table.add({text(group_of(told, one.raise).name), text(group_of(told, one.raise).op),
                   set_text(one.raise), why_text(told, one)});
    return table;
}

ReportPicture trade_off_picture(const TradeOff& told) {
    const SearchResult& result = *told.result;
    struct Dot {
        double x = 0, y = 0;
        const SearchPoint* point = nullptr;
    };
    std::vector<Dot> dots;
    for (const SearchPoint& point : result.points)
        if (const auto y = height_of(told, point); y && !point.screened && std::isfinite(point.cost))
            dots.push_back({point.cost, *y, &point});
    const double promised =
        told.promise.max_drop ? -*told.promise.max_drop : told.promise.min_snr_db.value_or(0);
    double left = 0, right = 0, low = promised, high = promised;
    for (std::size_t i = 0; i < dots.size(); ++i) {
        left = i == 0 ? dots[i].x : std::min(left, dots[i].x);
        right = i == 0 ? dots[i].x : std::max(right, dots[i].x);
        low = std::min(low, dots[i].y);
        high = std::max(high, dots[i].y);
    }
    const Axis x = axis(left, right, k_left, k_width - k_right);
    const Axis y = axis(low, high, k_height - k_bottom, k_top);
    QString svg = QStringLiteral(
                      "<svg viewBox=\"0 0 %1 %2\" role=\"img\" font-size=\"12\" fill=\"var(--faint)\" "
                      "font-family=\"inherit\">\n")
                      .arg(k_width)
                      .arg(k_height);
    const auto line = [&](double x1, double y1, double x2, double y2, const char* style) {
        svg += QStringLiteral("<line x1=\"%1\" y1=\"%2\" x2=\"%3\" y2=\"%4\" %5/>\n")
                   .arg(number(x1), number(y1), number(x2), number(y2), QString::fromLatin1(style));
    };
    const auto label = [&](double at_x, double at_y, const char* anchor, const QString& what) {
        svg += QStringLiteral("<text x=\"%1\" y=\"%2\" text-anchor=\"%3\">%4</text>\n")
                   .arg(number(at_x), number(at_y), QString::fromLatin1(anchor), what.toHtmlEscaped());
    };
    for (const double tick : ticks(y.low, y.high)) {
        line(k_left, y.at(tick), k_width - k_right, y.at(tick), "stroke=\"var(--line)\"");
        label(k_left - 8, y.at(tick) + 4, "end", figure(told.promise.max_drop ? -tick : tick));
    }
    for (const double tick : ticks(x.low, x.high)) {
        line(x.at(tick), k_height - k_bottom, x.at(tick), k_height - k_bottom + 5, "stroke=\"var(--line)\"");
        label(x.at(tick), k_height - k_bottom + 19, "middle", told.cost(tick));
    }
    line(k_left, y.at(promised), k_width - k_right, y.at(promised),
         "stroke=\"var(--warning)\" stroke-dasharray=\"6 4\"");
    label(k_width - k_right, y.at(promised) - 5, "end", promise_text(told));
    label((k_left + k_width - k_right) / 2, k_height - 10, "middle", told.cost_label);
    svg +=
        QStringLiteral("<text transform=\"translate(16 %1) rotate(-90)\" text-anchor=\"middle\">%2</text>\n")
            .arg(number((k_height - k_bottom + k_top) / 2),
                 (told.promise.max_drop ? Cli::tr("%1, points below float").arg(text(result.metric))
                                        : Cli::tr("SNR (dB)"))
                     .toHtmlEscaped());
    // What nothing cheaper is better than.
    std::vector<Dot> front = dots;
    std::stable_sort(front.begin(), front.end(),
                     [](const Dot& a, const Dot& b) { return a.x < b.x || (a.x == b.x && a.y > b.y); });
    QStringList corners;
    double best = -std::numeric_limits<double>::infinity();
    for (const Dot& dot : front)
        if (dot.y > best) {
            best = dot.y;
            corners << QStringLiteral("%1,%2").arg(number(x.at(dot.x)), number(y.at(dot.y)));
        }
    svg += QStringLiteral(
               "<polyline points=\"%1\" fill=\"none\" stroke=\"var(--info)\" stroke-width=\"1.5\"/>\n")
               .arg(corners.join(u' '));
    for (const Dot& dot : dots) {
        const bool chosen = dot.point == &result.points[result.chosen];
        QStringList said = {accuracy_text(told, *dot.point),
                            told.cost_label + u' ' + told.cost(dot.point->cost),
                            Cli::tr("%n exception(s)", nullptr, static_cast<int>(dot.point->raised.size()))};
        for (const Raise& raise : dot.point->raised)
            said << text(group_of(told, raise).name) + QStringLiteral(": ") + set_text(raise);
        svg += QStringLiteral(
                   "<circle cx=\"%1\" cy=\"%2\" r=\"%3\" fill=\"%4\" fill-opacity=\"%5\" "
                   "stroke=\"%6\" stroke-width=\"%7\"><title>%8</title></circle>\n")
                   .arg(number(x.at(dot.x)), number(y.at(dot.y)), chosen ? "7" : "4",
                        dot.point->keeps ? "var(--info)" : "var(--faint)", chosen ? "1" : "0.55",
                        chosen ? "rgb(var(--heat))" : "none", chosen ? "3" : "0",
                        said.join(u'\n').toHtmlEscaped());
    }
    svg += QStringLiteral("</svg>");
    return {
        utf8(Cli::tr("Trade-off")), utf8(svg),
        utf8(Cli::tr("Each dot is a plan that was measured; blue ones keep the promise, the ringed one is "
                     "chosen. Along the line nothing cheaper is as accurate."))};
}

}  // namespace quantwright::results
