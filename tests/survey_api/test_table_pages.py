"""A long table is cut into pages: every row stands on one, and a page that is not there is the last."""

import pytest

from survey_api.table_pages import ROWS_ON_A_PAGE, TablePage


@pytest.mark.parametrize("n_rows", [0, 1, ROWS_ON_A_PAGE, ROWS_ON_A_PAGE + 1, 2_309])
def test_every_row_stands_on_one_page(n_rows: int) -> None:
    rows = list(range(n_rows))
    last = TablePage.of(1, n_rows).last
    assert [row for number in range(1, last + 1) for row in TablePage.of(number, n_rows).rows(rows)] == rows
    assert TablePage.of(last + 1, n_rows) == TablePage.of(last, n_rows)
    assert TablePage.of(last, n_rows).rows(rows) or not rows


def test_a_page_may_have_fewer_rows_than_usual() -> None:
    assert list(TablePage.of(2, 120, 50).rows(range(120))) == list(range(50, 100))
