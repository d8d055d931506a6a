//! family: colours
//! split: validation

#[derive(Debug, PartialEq)]
pub enum PaletteError {
    TooManyColours { at: usize },
    BadStride { pixels: usize, width: usize },
}

/// Rows of indices into the colours that are listed beside them.
pub type Indexed = (Vec<Vec<u8>>, Vec<u32>);

/// Turns pixels into rows of indices of a palette of at most `most` colours, which lists them in
/// the order of their first appearance.
pub fn index_colours(pixels: &[u32], width: usize, most: u8) -> Result<Indexed, PaletteError> {
    if width == 0 || !pixels.len().is_multiple_of(width) {
        return Err(PaletteError::BadStride {
            pixels: pixels.len(),
            width,
        });
    }
    let mut palette: Vec<u32> = Vec::new();
    let mut indices = Vec::with_capacity(pixels.len());
    for (at, &colour) in pixels.iter().enumerate() {
        let index = palette.iter().position(|&known| known == colour);
        if index.is_none() {
            if palette.len() == usize::from(most) {
                return Err(PaletteError::TooManyColours { at });
            }
            palette.push(colour);
        }
        indices.push(index.unwrap_or(palette.len() - 1) as u8);
    }
    Ok((indices.chunks(width).map(<[u8]>::to_vec).collect(), palette))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn colours_are_listed_as_they_appear() {
        let rows = vec![vec![0, 1], vec![0, 2]];
        assert_eq!(
            index_colours(&[9, 5, 9, 7], 2, 3),
            Ok((rows, vec![9, 5, 7]))
        );
        assert_eq!(index_colours(&[], 4, 0), Ok((vec![], vec![])));
    }

    #[test]
    fn the_pixel_whose_colour_finds_no_room_is_told() {
        assert!(index_colours(&[9, 5, 5, 9], 2, 2).is_ok());
        let expected = PaletteError::TooManyColours { at: 3 };
        assert_eq!(index_colours(&[9, 5, 9, 7], 2, 2), Err(expected));
    }

    #[test]
    fn pixels_fill_whole_rows() {
        let expected = PaletteError::BadStride {
            pixels: 3,
            width: 2,
        };
        assert_eq!(index_colours(&[1, 2, 3], 2, 9), Err(expected));
        // A width of zero would divide nothing.
        assert!(index_colours(&[1], 0, 9).is_err());
    }

    proptest! {
        #[test]
        fn the_palette_gives_the_pixels_back(pixels in prop::collection::vec(0u32..10, 1..40)) {
            let (rows, palette) = index_colours(&pixels, 1, 10).unwrap();
            let colours = rows.concat().into_iter().map(|i| palette[usize::from(i)]);
            let restored: Vec<u32> = colours.collect();
            prop_assert_eq!(restored, pixels);
        }
    }
}
