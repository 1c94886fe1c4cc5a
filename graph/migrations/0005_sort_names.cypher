// Between these signs and those above them an index and a comparison differ (desk/recording.py).
MATCH (v:Version) WHERE v.sort_name =~ '.*[\\uE000-\\uFFFF].*' SET v.sort_name = '';
