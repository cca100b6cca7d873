#include "widgets/panels/board_errors.h"

#include <QHeaderView>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/panels/board_times.h"
#include "widgets/panels/figures.h"
#include "widgets/panels/row_table.h"
#include "widgets/theme/style_sheet.h"
#include "widgets/theme/theme.h"

namespace quantwright {
namespace {

constexpr int row_height = 21;
enum Column { Name, Time, Provider, OnBoard, Simulated, Difference };

}  // namespace

BoardErrors::BoardErrors(QWidget* parent)
    : QWidget(parent), m_verdict(new QLabel(this)), m_table(new RowTable(this)) {
    m_verdict->setObjectName(QStringLiteral("board_verdict"));
    m_verdict->setWordWrap(true);
    m_table->setObjectName(QStringLiteral("board_errors"));
    m_table->setNumberColumns({Time, OnBoard, Simulated, Difference});
    m_table->stretchFirst();
    m_table->verticalHeader()->setMinimumSectionSize(row_height);
    m_table->verticalHeader()->setDefaultSectionSize(row_height);
    m_table->setMinimumHeight(60);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    layout->addWidget(m_verdict);
    layout->addWidget(m_table, 1);
    connect(m_table, &QTableWidget::itemSelectionChanged, this, [this] {
        const auto rows = m_table->selectionModel()->selectedRows();
        if (!rows.isEmpty())
            emit layerPicked(m_table->item(rows.first().row(), Name)->text().toStdString());
    });
}

int BoardErrors::differing(const BoardResult& result) {
    return static_cast<int>(
        std::count_if(result.layers.begin(), result.layers.end(),
                      [](const BoardLayer& layer) { return layer.compared && !layer.agrees; }));
}

void BoardErrors::show(const BoardResult* result) {
    m_table->setHeadings(
        {tr("Layer"), tr("Time"), tr("Provider"), tr("Board"), tr("Simulated"), tr("Difference")});
    m_table->setAccessibleName(tr("Error per layer"));
    m_table->horizontalHeaderItem(OnBoard)->setToolTip(tr("SNR of the layer's output on the board"));
    m_table->horizontalHeaderItem(Simulated)->setToolTip(
        tr("SNR of the same output in this machine's exact arithmetic, on the same images"));
    m_table->horizontalHeaderItem(Difference)
        ->setToolTip(tr("The board from exact arithmetic on the layer's own inputs, at most: in quantization "
                        "steps, or as SNR"));
    m_table->clearRows();
    std::vector<const BoardLayer*> layers;
    if (result)
        for (const BoardLayer& layer : result->layers)
            if (layer.compared)
                layers.push_back(&layer);
    std::stable_sort(layers.begin(), layers.end(), [](const BoardLayer* a, const BoardLayer* b) {
        return std::pair(a->agrees, -a->steps.value_or(0)) < std::pair(b->agrees, -b->steps.value_or(0)) &&
               (!a->agrees || !b->agrees);
    });
    for (const BoardLayer* layer : layers)
        addRow(*layer);
    for (const auto& [column, width] :
         {std::pair(Time, 84), {Provider, 80}, {OnBoard, 86}, {Simulated, 92}, {Difference, 116}})
        m_table->setColumnWidth(column, width);
    const int differ = result ? differing(*result) : 0;
    m_verdict->setText(layers.empty() ? tr("The layers were not compared: that takes images.")
                       : differ > 0   ? tr("%n layer(s) differ from the simulation.", nullptr, differ)
                                    : tr("On the same inputs every layer gives what the simulation gives."));
    m_verdict->setProperty("role", differ > 0 ? QStringLiteral("worse") : QStringLiteral("quiet"));
    restyle(m_verdict);
}

void BoardErrors::addRow(const BoardLayer& layer) {
    // Without noise there is no ratio: the same to the last bit.
    QString difference = layer.steps               ? tr("%1 steps").arg(*layer.steps, 0, 'f', 2)
                         : layer.snr_db_simulation ? figures::decibels(layer.snr_db_simulation)
                                                   : tr("none");
    if (!layer.agrees)
        difference.prepend(QStringLiteral("≠ "));
    const auto decibels = [](const std::optional<double>& db) {
        return db ? figures::decibels(db) : QString();
    };
    QTableWidgetItem* first = m_table->addRow({QString::fromStdString(layer.layer),
                                               layer.us ? figures::microseconds(*layer.us) : QString(),
                                               shortProviders(layer.provider), decibels(layer.snr_db_float),
                                               decibels(layer.snr_db_float_host), difference});
    if (layer.agrees)
        return;
    for (int column = 0; column < m_table->columnCount(); ++column) {
        QTableWidgetItem* cell = m_table->item(first->row(), column);
        cell->setForeground(currentPalette().worse);
        QFont font = cell->font();
        font.setBold(true);
        cell->setFont(font);
    }
}

}  // namespace quantwright
