#pragma once
// The samples of an evaluation as a list with small pictures, those whose result changed most first.
#include <QAbstractListModel>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/task/judge.h"

namespace quantwright {

class Thumbnails;

class ResultModel : public QAbstractListModel {
    Q_OBJECT
public:
    explicit ResultModel(Thumbnails* thumbnails, QObject* parent = nullptr);

    /// `source`: the folder or list of the images.
    void setResults(std::shared_ptr<const Judgement> judgement, const QString& source);
    /// Empty category: of every class.
    void setFilter(bool changed_only, std::optional<int> category);

    [[nodiscard]] const ShownResult* result(int row) const;
    [[nodiscard]] QString file(int row) const;
    [[nodiscard]] QString change(int row) const;        ///< in words
    [[nodiscard]] std::vector<int> categories() const;  ///< that any result has

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    void filter();

    Thumbnails* m_thumbnails;
    std::shared_ptr<const Judgement> m_judgement;
    std::unordered_map<std::int64_t, const Change*> m_changes;  ///< by sample
    std::vector<std::vector<int>> m_categories;                 ///< by place in Judgement::shown
    std::vector<std::size_t> m_rows;                            ///< into Judgement::shown
    QString m_source;
    bool m_changed_only = false;
    std::optional<int> m_category;
};

}  // namespace quantwright
