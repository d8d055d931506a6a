"""Pictures of networks, in a terminal and as SVG."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_shared.errors import UsageError
from kan_trainer.kan import KAN, plots
from kan_trainer.kan.importance import edge_importances
from kan_trainer.kan.plots.braille import drawn
from kan_trainer.kan.plots.curves import figure, percent

SVG = "{http://www.w3.org/2000/svg}"


def network(*layers: int) -> KAN:
    torch.manual_seed(1)
    return KAN(layers)


def groups(picture: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(picture).findall(f"{SVG}g")


def of_class(picture: str, name: str) -> list[ElementTree.Element]:
    return [element for element in ElementTree.fromstring(picture).iter() if element.get("class") == name]


def test_a_straight_line_rises_through_all_of_its_cells():
    assert drawn(np.linspace(0, 1, 64), 4, 2) == ["  ⡠⠊", "⡠⠊  "]


def test_a_constant_lies_in_the_middle_and_a_gap_stays_one():
    assert drawn(np.array([1.0, 1, 1, 1, np.nan, np.nan, 1, 1]), 4, 1) == ["⠤⠤ ⠤"]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 130), st.integers(1, 40), st.lists(st.integers(1, 6), min_size=2, max_size=4))
def test_every_line_is_exactly_as_wide_as_asked_and_so_many_there_are(width, height, layers):
    drawing = KAN(layers)
    pictures = plots.terminal(drawing, None, width, height), plots.edge(drawing, 0, 0, 0, None, width, height)
    for lines in (picture.split("\n") for picture in pictures):
        assert len(lines) == height
        assert {len(line) for line in lines} == {width}


def test_layers_stand_from_the_outputs_down_and_their_edges_by_importance():
    small, inputs = network(2, 3, 1), torch.rand(100, 2)
    text = plots.terminal(small, inputs, 100, 24)
    assert text.index("layer 1   3 → 1   3 edges") < text.index("layer 0   2 → 3   6 edges")
    shares = [float(share) for share in re.findall(r"→\d +([\d.]+) %", text)]
    assert len(shares) == 9
    assert shares[:3] == sorted(shares[:3], reverse=True)
    assert shares[3:] == sorted(shares[3:], reverse=True)
    best = int(edge_importances(small, inputs)[1][:, 0].argmax())
    assert f"{best}→0" == re.findall(r"\d→\d", text)[0]


def test_a_large_network_shows_its_most_important_edges_and_counts_the_rest():
    large = network(784, 64, 10)
    text = plots.terminal(large, None, 100, 30)
    assert "layer 0   784 → 64   18 of 50176 edges" in text
    assert "% of importance" in text
    assert len(groups(plots.svg(large, most=12))) == 24
    assert "12 of 50176 edges" in plots.svg(large, most=12)


def test_an_edge_has_axes_with_what_it_sees_and_what_it_makes_of_it():
    line = network(1, 1)
    with torch.no_grad():
        line.kan_layers[0].weight.zero_()
        line.kan_layers[0].weight[0, :-1, 0] = torch.linspace(-1.4, 1.4, 8)  # φ(x) = x
    text = plots.edge(line, 0, 0, 0, torch.linspace(-0.5, 0.75, 300)[:, None], 40, 12).split("\n")
    assert text[0].startswith("φ of the edge 0 → 0 of layer 0")
    assert (text[1].split()[0], text[8].split()[0]) == ("0.75", "−0.5")
    assert text[10].split() == ["−0.5", "x", "0.75"]
    assert set(text[11].strip()) <= set("▁▂▃▄▅▆▇█")


def test_the_density_is_where_the_inputs_are():
    crowd = torch.cat([torch.full((200, 1), 0.9), torch.tensor([[-1.0]])])
    density = plots.edge(network(1, 1), 0, 0, 0, crowd, 60, 10).split("\n")[9]
    assert density.count("█") == 1
    assert density.strip()[0] == "▁"


def test_the_svg_has_a_box_and_a_curve_for_every_edge_and_a_dot_for_every_unit():
    picture = plots.svg(network(2, 3, 1), threshold=0)
    assert len(groups(picture)) == len(of_class(picture, "curve")) == len(of_class(picture, "box")) == 9
    assert len(of_class(picture, "unit")) == 6
    assert [element.text for element in of_class(picture, "name")] == ["x0", "x1", "y0"]


def test_what_matters_more_is_stronger_and_what_matters_little_is_hidden():
    small, inputs = network(2, 1), torch.rand(200, 2)
    with torch.no_grad():
        small.kan_layers[0].weight[1] *= 0.1
    first, second = groups(plots.svg(small, inputs, threshold=0))
    assert float(first.get("opacity")) == 1 > float(second.get("opacity"))
    assert len(groups(plots.svg(small, inputs, threshold=0.5))) == 1
    assert "1 of 2 edges" in plots.svg(small, inputs, threshold=0.5)


def test_names_are_escaped_and_what_xml_forbids_is_replaced():
    picture = plots.svg(network(2, 1), names=["<script>&", "a\x1b[31m\ud800"], output_names=['"'])
    assert [element.text for element in of_class(picture, "name")] == ["<script>&", "a␛[31m�", '"']
    assert not ElementTree.fromstring(picture).findall(".//script")


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_weights_that_are_no_numbers_are_said_and_nothing_breaks(bad):
    broken = network(2, 2, 1)
    with torch.no_grad():
        broken.kan_layers[0].weight[:, :, 0] = bad
        broken.kan_layers[1].weight[0, 2] = bad
    assert "no numbers" in plots.terminal(broken, None, 80, 20)
    assert "no numbers" in plots.svg(broken, threshold=0)
    assert {len(line) for line in plots.edge(broken, 0, 0, 0, None, 50, 10).split("\n")} == {50}
    ElementTree.fromstring(plots.svg(broken))


def test_a_network_of_constants_is_drawn_too():
    flat = network(2, 2, 1)
    with torch.no_grad():
        for layer in flat.kan_layers:
            layer.weight.zero_()
    assert len(groups(plots.svg(flat))) == 6
    assert "0 %" in plots.terminal(flat, None, 80, 20)


def test_inputs_of_one_value_and_of_none_that_is_finite_are_drawn():
    for inputs in (torch.ones(5, 2), torch.full((5, 2), torch.nan)):
        ElementTree.fromstring(plots.svg(network(2, 1), inputs))
        assert plots.terminal(network(2, 1), inputs)


def test_the_same_network_makes_the_same_picture():
    assert plots.svg(network(3, 2)) == plots.svg(network(3, 2))


def test_mistakes_are_named():
    with pytest.raises(UsageError, match=r"inputs must be of shape \(samples, 2\), not \(5, 3\)"):
        plots.terminal(network(2, 1), torch.rand(5, 3))
    with pytest.raises(UsageError, match="there is no edge 0 → 4 of layer 0"):
        plots.edge(network(2, 1), 0, 0, 4)
    with pytest.raises(UsageError, match="width and height must be at least 1"):
        plots.terminal(network(2, 1), width=0)
    with pytest.raises(UsageError, match="names must be one for each of 2 inputs"):
        plots.svg(network(2, 1), names=["a"])


@pytest.mark.parametrize(
    ("value", "text"), [(-0.12345, "−0.123"), (12345.6, "12346"), (1.5e9, "1.5e+09"), (0.0, "0"), (104, "104")]
)
def test_figures_are_short(value, text):
    assert figure(value) == text


def test_a_part_is_never_called_the_whole():
    assert [percent(share) for share in (1, 0.996, 0.5, 0)] == ["100 %", "> 99 %", "50 %", "0 %"]
