assert by_code[2] < by_code[3] < by_pixels
